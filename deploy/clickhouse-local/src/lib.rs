//! The ClickHouse engine as a library, behind ClickHouse's own HTTP interface.

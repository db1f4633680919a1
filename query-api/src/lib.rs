//! Serves the gallery's Downloads & Sharing endpoints from ClickHouse.

//! Data centres by autonomous system number (rule 23).

use loupe_schemas::definition::DATA_CENTERS;

/// Whether an address of this autonomous system is a data centre's.
#[must_use]
pub fn is_data_center(asn: u32) -> bool {
    DATA_CENTERS.iter().any(|data_center| data_center.asn == asn)
}

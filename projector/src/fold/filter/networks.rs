//! Data centres by autonomous system number (rule 23).

/// Autonomous systems of data centres, with their owners; part of the definition's version.
pub const DATA_CENTERS: &[(u32, &str)] = &[
    (16509, "Amazon"),
    (14618, "Amazon"),
    (15169, "Google"),
    (396_982, "Google"),
    (8075, "Microsoft"),
    (16276, "OVH"),
    (24940, "Hetzner"),
    (14061, "DigitalOcean"),
    (63949, "Akamai/Linode"),
    (20473, "Vultr"),
    (45102, "Alibaba"),
    (31898, "Oracle"),
    (12876, "Scaleway"),
    (51167, "Contabo"),
    (60781, "Leaseweb"),
];

/// Whether an address of this autonomous system is a data centre's.
#[must_use]
pub fn is_data_center(asn: u32) -> bool {
    DATA_CENTERS.iter().any(|(number, _)| *number == asn)
}

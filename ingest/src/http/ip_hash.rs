//! The keyed hash that stands for a client address from the moment it arrives (rule 17).

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use loupe_service::config::Secret;
use sha2::Sha256;

/// 128 bits: far beyond a collision among addresses, and half the bytes in every record.
const IP_KEY_BYTES: usize = 16;

/// Hashes addresses with HMAC-SHA256 under a secret key, so that they can be told apart but not found by trying.
#[derive(Clone)]
pub struct IpHasher(Hmac<Sha256>);

impl IpHasher {
    /// A hasher under this key.
    ///
    /// # Panics
    /// Never: HMAC takes a key of any length.
    #[must_use]
    pub fn new(key: &Secret) -> Self {
        Self(Hmac::new_from_slice(key.expose().as_bytes()).expect("HMAC takes a key of any length"))
    }

    /// The first 16 bytes of the keyed hash of an IPv4 address, or of an IPv6 network as `json::parse` passes it.
    #[must_use]
    pub fn hash(&self, address: IpAddr) -> Vec<u8> {
        let mut mac = self.0.clone();
        match address {
            IpAddr::V4(address) => mac.update(&address.octets()),
            IpAddr::V6(address) => mac.update(&address.octets()),
        }
        mac.finalize().into_bytes()[..IP_KEY_BYTES].to_vec()
    }
}

impl std::fmt::Debug for IpHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IpHasher([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_17_the_hash_is_hmac_sha256_of_the_octets_cut_to_16_bytes() {
        let hasher = IpHasher::new(&Secret::new("0123456789abcdef"));
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        // printf '\313\000\161\007' | openssl dgst -sha256 -hmac 0123456789abcdef
        assert_eq!(hex::encode(hasher.hash(address)), "aa92cc237b0503665f10da0b4352ea4b");
    }

    #[test]
    fn rule_17_another_key_or_address_is_another_hash() {
        let (one, other) = (IpHasher::new(&Secret::new("a".repeat(16))), IpHasher::new(&Secret::new("b".repeat(16))));
        let v4: IpAddr = "203.0.113.7".parse().unwrap();
        let v6: IpAddr = "2001:db8::".parse().unwrap();
        assert_ne!(one.hash(v4), other.hash(v4));
        assert_ne!(one.hash(v4), one.hash(v6));
        assert!(!format!("{one:?}").contains("aaaa"));
    }
}

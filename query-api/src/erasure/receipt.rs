//! What a caller keeps of an erasure: it names neither the person nor the account.

use std::fmt;
use std::str::FromStr;

use loupe_schemas::position::Position;
use xxhash_rust::xxh3::xxh3_128;

const PREFIX: &str = "er_";

/// Names an erasure: the hash of the client's id, by which tables remember them, and where on the log the event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) client_hash: u128,
    /// Absent when the client was erased already.
    pub(crate) position: Option<Position>,
}

impl Receipt {
    pub(crate) fn of(client_id: &str, position: Option<Position>) -> Self {
        Self { client_hash: xxh3_128(client_id.as_bytes()), position }
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:032x}", self.client_hash)?;
        self.position.as_ref().map_or(Ok(()), |position| write!(f, "_{position}"))
    }
}

/// It is no receipt of ours.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoReceipt;

impl FromStr for Receipt {
    type Err = NoReceipt;

    fn from_str(text: &str) -> Result<Self, NoReceipt> {
        let text = text.strip_prefix(PREFIX).ok_or(NoReceipt)?;
        let (hash, position) = text.split_once('_').map_or((text, None), |(hash, position)| (hash, Some(position)));
        if hash.len() != 32 {
            return Err(NoReceipt);
        }
        let client_hash = u128::from_str_radix(hash, 16).map_err(|_| NoReceipt)?;
        let position = position.map(str::parse).transpose().map_err(|_| NoReceipt)?;
        Ok(Self { client_hash, position })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_reads_back_and_does_not_name_the_client() {
        for position in [None, Some("c2:18".parse().unwrap())] {
            let receipt = Receipt::of("cl_ana", position);
            let text = receipt.to_string();
            assert_eq!(text.parse(), Ok(receipt));
            assert!(!text.contains("cl_ana"));
        }
        for text in ["", "er_", "er_12", "cl_ana", "er_000000000000000000000000000000zz", "er_0_c2:18"] {
            assert_eq!(text.parse::<Receipt>(), Err(NoReceipt), "{text}");
        }
    }
}

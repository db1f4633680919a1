//! One key of the key file, and minting a new one.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand::TryRng;
use rand::rngs::SysRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::{Principal, Scope};

pub(super) const TOKEN_PREFIX: &str = "lp_";
/// Longer bearer tokens are not hashed at all.
pub(super) const TOKEN_BYTES_MAX: usize = 128;
const SECRET_BYTES: usize = 32;
const ID_BYTES: usize = 8;
const LABEL_BYTES_MAX: usize = 200;

/// The accounts a key may act for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounts {
    /// Every account, as an edge needs; written `"all"`.
    All,
    /// These accounts; written as a list of numbers.
    Some(BTreeSet<u64>),
}

impl Accounts {
    /// Just this account.
    #[must_use]
    pub fn one(account_id: u64) -> Self {
        Self::Some(BTreeSet::from([account_id]))
    }

    /// Whether the key may act for this account.
    #[must_use]
    pub fn allows(&self, account_id: u64) -> bool {
        match self {
            Self::All => true,
            Self::Some(accounts) => accounts.contains(&account_id),
        }
    }

    /// The account, when it is exactly one.
    #[must_use]
    pub fn only(&self) -> Option<u64> {
        match self {
            Self::Some(accounts) if accounts.len() == 1 => accounts.first().copied(),
            _ => None,
        }
    }
}

impl Serialize for Accounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Some(accounts) => serializer.collect_seq(accounts),
        }
    }
}

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "accounts must be \"all\" or a list of account ids")]
        enum Form {
            Word(String),
            List(BTreeSet<u64>),
        }
        match Form::deserialize(deserializer)? {
            Form::Word(word) if word == "all" => Ok(Self::All),
            Form::List(accounts) if !accounts.is_empty() => Ok(Self::Some(accounts)),
            Form::Word(_) | Form::List(_) => {
                Err(serde::de::Error::custom("accounts must be \"all\" or a list of at least one account id"))
            }
        }
    }
}

/// The SHA-256 of a token, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TokenDigest(pub(super) [u8; 32]);

impl TokenDigest {
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Serialize for TokenDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for TokenDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(&text, &mut digest)
            .map_err(|_| serde::de::Error::custom("sha256 must be 64 hexadecimal digits"))?;
        Ok(Self(digest))
    }
}

/// One line of the key file: everything about a key but its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Names the key in logs; unique in its file.
    pub id: String,
    /// The SHA-256 of the token.
    pub(super) sha256: TokenDigest,
    /// The accounts it may act for.
    pub accounts: Accounts,
    /// What it may do there.
    pub scopes: BTreeSet<Scope>,
    /// What the key is for, for people.
    pub label: String,
    /// When it was minted.
    pub created_at: DateTime<Utc>,
    /// From when on it is refused; never, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The id of the key whose place it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

impl Entry {
    /// Whether `token` is this key's.
    #[must_use]
    pub fn is_for(&self, token: &str) -> bool {
        self.sha256 == TokenDigest::of(token)
    }

    /// Whether it is refused at `now` because its time is over.
    #[must_use]
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    pub(super) fn principal(&self) -> Principal {
        Principal { key_id: self.id.clone(), accounts: self.accounts.clone(), scopes: self.scopes.clone() }
    }
}

/// Why a key could not be minted.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness: {0}")]
    Randomness(String),
    /// A key without scopes could do nothing.
    #[error("a key needs at least one scope")]
    NoScopes,
    /// A key without accounts could do nothing.
    #[error("a key needs at least one account, or all")]
    NoAccounts,
    /// The label is too long.
    #[error("a label must be at most {LABEL_BYTES_MAX} bytes")]
    LabelTooLong,
}

/// A new token, which only its holder will know, and the entry that recognises it.
///
/// # Errors
/// The key could do nothing, its label is too long, or there is no randomness.
pub fn mint(
    accounts: Accounts,
    scopes: BTreeSet<Scope>,
    label: &str,
    now: DateTime<Utc>,
) -> Result<(String, Entry), MintError> {
    if scopes.is_empty() {
        return Err(MintError::NoScopes);
    }
    if matches!(&accounts, Accounts::Some(accounts) if accounts.is_empty()) {
        return Err(MintError::NoAccounts);
    }
    if label.len() > LABEL_BYTES_MAX {
        return Err(MintError::LabelTooLong);
    }
    let (mut secret, mut id) = ([0; SECRET_BYTES], [0; ID_BYTES]);
    let fill = |bytes: &mut [u8]| SysRng.try_fill_bytes(bytes).map_err(|e| MintError::Randomness(e.to_string()));
    fill(&mut secret)?;
    fill(&mut id)?;
    let token = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(secret));
    let entry = Entry {
        id: format!("key_{}", hex::encode(id)),
        sha256: TokenDigest::of(&token),
        accounts,
        scopes,
        label: label.to_owned(),
        created_at: now,
        expires_at: None,
        replaces: None,
    };
    Ok((token, entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minted() -> (String, Entry) {
        mint(Accounts::one(7), BTreeSet::from([Scope::EventsWrite]), "edge", DateTime::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_token_is_long_url_safe_and_never_twice_the_same() {
        let ((token, entry), (other, _)) = (minted(), minted());
        assert_ne!(token, other);
        let secret = token.strip_prefix("lp_").unwrap();
        assert_eq!(secret.len(), 43);
        assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert!(entry.is_for(&token) && !entry.is_for(&other));
    }

    #[test]
    fn the_entry_does_not_hold_the_token() {
        let (token, entry) = minted();
        let line = serde_json::to_string(&entry).unwrap();
        assert!(!line.contains(&token) && !format!("{entry:?}").contains(&token));
        assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), entry);
    }

    #[test]
    fn accounts_are_all_or_a_list() {
        let read = |text: &str| serde_json::from_str::<Accounts>(text);
        assert_eq!(read("\"all\"").unwrap(), Accounts::All);
        assert_eq!(read("[1,2]").unwrap(), Accounts::Some(BTreeSet::from([1, 2])));
        for wrong in ["\"none\"", "[]", "[-1]", "3"] {
            assert!(read(wrong).unwrap_err().to_string().contains("accounts must be"), "{wrong}");
        }
        assert!(Accounts::All.allows(9) && Accounts::one(1).allows(1) && !Accounts::one(1).allows(2));
        assert_eq!((Accounts::All.only(), Accounts::one(4).only()), (None, Some(4)));
    }

    #[test]
    fn a_key_that_could_do_nothing_is_not_minted() {
        let none = mint(Accounts::All, BTreeSet::new(), "", DateTime::UNIX_EPOCH);
        assert!(matches!(none, Err(MintError::NoScopes)));
        let none = mint(Accounts::Some(BTreeSet::new()), BTreeSet::from(Scope::ALL), "", DateTime::UNIX_EPOCH);
        assert!(matches!(none, Err(MintError::NoAccounts)));
    }
}

//! JSON values as the tokens of their text, borrowed from it: nothing is copied but strings with escapes in them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Number};

use crate::rules::{Code, Violation};

/// The most tokens of one text: a text is mostly shorter than its tokens, so that one of nothing but zeroes would otherwise take
/// ten times the memory that was set aside for it. The most items that a download has, with nine members each, have fewer.
const TOKENS_MAX: usize = 1 << 20;

/// Reads JSON texts one after another; the room for their tokens is kept.
#[derive(Debug, Default)]
pub struct Reader<'a>(Vec<Token<'a>>);

/// One JSON value: of an array and an object, the first token and those that belong to it.
#[derive(Debug, Clone, Copy)]
pub struct Node<'t>(&'t [Token<'t>]);

#[derive(Debug)]
enum Token<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    /// An array, and the number of tokens of its entries, which follow.
    Array(usize),
    /// An object, and the number of tokens of its members, which follow: of each the name, then the value.
    Object(usize),
}

impl<'a> Reader<'a> {
    /// Reads one text, which is well-formed as a whole, whatever of it is asked for later.
    ///
    /// # Errors
    /// `malformed` when the text is not JSON, nests too deep, or holds a number beyond floating point, `too_large` when it has
    /// too many values.
    pub fn read(&mut self, text: &'a [u8]) -> Result<Node<'_>, Violation> {
        self.0.clear();
        let filled = match std::str::from_utf8(text) {
            // Checked as a whole, which is faster than string by string.
            Ok(text) => self.fill(Deserializer::from_str(text)),
            // Fails too, and knows where.
            Err(_) => self.fill(Deserializer::from_slice(text)),
        };
        match filled {
            Ok(()) => Ok(Node(&self.0)),
            Err(_) if self.0.len() == TOKENS_MAX => {
                let message = format!("must have at most {TOKENS_MAX} names and values");
                Err(Violation::new(Code::TooLarge, "event", message))
            }
            Err(error) => Err(Violation::new(Code::Malformed, "event", format!("is not JSON: {error}"))),
        }
    }

    fn fill<R: serde_json::de::Read<'a>>(&mut self, mut text: Deserializer<R>) -> serde_json::Result<()> {
        Tokens(&mut self.0).deserialize(&mut text)?;
        text.end()
    }
}

impl<'t> Node<'t> {
    /// The member of an object; of several with its name the last.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Self> {
        self.members().filter(|(member, _)| *member == name).last().map(|(_, value)| value)
    }

    /// The member of an object that is not null, which is the same as absent.
    pub(super) fn present(self, name: &str) -> Option<Self> {
        self.get(name).filter(|value| !matches!(value.token(), Token::Null))
    }

    /// The string, when it is one.
    #[must_use]
    pub fn as_str(self) -> Option<&'t str> {
        match self.token() {
            Token::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_bool(self) -> Option<bool> {
        match self.token() {
            Token::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    pub(super) fn as_number(self) -> Option<&'t Number> {
        match self.token() {
            Token::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn is_object(self) -> bool {
        matches!(self.token(), Token::Object(_))
    }

    /// The entries, when it is an array.
    pub(super) fn entries(self) -> Option<impl Iterator<Item = Self>> {
        matches!(self.token(), Token::Array(_)).then(|| Nodes(&self.0[1..]))
    }

    /// The members of an object as they are written.
    fn members(self) -> impl Iterator<Item = (&'t str, Self)> {
        let mut nodes = Nodes(if self.is_object() { &self.0[1..] } else { &[] });
        std::iter::from_fn(move || Some((nodes.next()?.as_str()?, nodes.next()?)))
    }

    fn token(self) -> &'t Token<'t> {
        &self.0[0]
    }
}

/// The same value as a tree, which compares objects whatever the order of their members.
impl From<Node<'_>> for serde_json::Value {
    fn from(node: Node<'_>) -> Self {
        match node.token() {
            Token::Null => Self::Null,
            Token::Bool(truth) => Self::Bool(*truth),
            Token::Number(number) => Self::Number(number.clone()),
            Token::Text(text) => Self::from(&**text),
            Token::Array(_) => Nodes(&node.0[1..]).map(Self::from).collect(),
            Token::Object(_) => node.members().collect(),
        }
    }
}

/// The values that follow each other in some tokens.
struct Nodes<'t>(&'t [Token<'t>]);

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let inside = match self.0.first()? {
            Token::Array(inside) | Token::Object(inside) => *inside,
            _ => 0,
        };
        let (node, rest) = self.0.split_at(1 + inside);
        self.0 = rest;
        Some(Node(node))
    }
}

/// Appends the tokens of a value.
struct Tokens<'t, 'a>(&'t mut Vec<Token<'a>>);

impl<'a> Tokens<'_, 'a> {
    fn one<E: Error>(mut self, token: Token<'a>) -> Result<(), E> {
        self.push(token).map(drop)
    }

    /// Appends a token; where it is.
    fn push<E: Error>(&mut self, token: Token<'a>) -> Result<usize, E> {
        let at = self.0.len();
        if at == TOKENS_MAX {
            return Err(E::custom("too many values"));
        }
        self.0.push(token);
        Ok(at)
    }
}

impl<'a> DeserializeSeed<'a> for Tokens<'_, 'a> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Tokens<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.one(Token::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<(), E> {
        self.one(Token::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.one(Token::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.one(Token::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.one(Number::from_f64(number).map_or(Token::Null, Token::Number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<(), E> {
        self.one(Token::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.one(Token::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let at = self.push(Token::Array(0))?;
        while entries.next_element_seed(Tokens(self.0))?.is_some() {}
        self.0[at] = Token::Array(self.0.len() - at - 1);
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut members: A) -> Result<(), A::Error> {
        let at = self.push(Token::Object(0))?;
        while members.next_key_seed(Tokens(self.0))?.is_some() {
            members.next_value_seed(Tokens(self.0))?;
        }
        self.0[at] = Token::Object(self.0.len() - at - 1);
        Ok(())
    }
}

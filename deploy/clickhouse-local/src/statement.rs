//! The one statement of a request, out of its URL and its body.

use std::io::Read;

use crate::errors::{Code, Exception};
use crate::lexer::{InsertHead, split_insert};

/// How much of a body is looked at first: nearly every INSERT's data begins within it.
const HEAD_BYTES: u64 = 64 << 10;

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// An INSERT whose data follows: first `lead`, then what is left of the body.
    Insert { text: String, format: String, lead: Vec<u8> },
    /// Any other text; the body is used up.
    Text(String),
}

impl Statement {
    /// Puts together what the URL says with what `body` goes on to say; the text alone may be `text_bytes_max` long.
    pub(crate) fn read(query: String, body: &mut dyn Read, text_bytes_max: usize) -> Result<Self, Exception> {
        if let Some(head) = split_insert(&query) {
            let mut lead = query.as_bytes()[head.data_start..].to_vec();
            // The URL's text and the body are two lines, as in ClickHouse.
            if !lead.is_empty() && lead.last() != Some(&b'\n') {
                lead.push(b'\n');
            }
            return Ok(Self::insert(head, lead));
        }
        let mut bytes = query.into_bytes();
        if !bytes.is_empty() {
            bytes.push(b'\n');
        }
        body.take(HEAD_BYTES).read_to_end(&mut bytes)?;
        if let Some(head) = text_insert(&bytes) {
            let lead = bytes[head.data_start..].to_vec();
            return Ok(Self::insert(head, lead));
        }
        let bytes_left = (text_bytes_max as u64 + 1).saturating_sub(bytes.len() as u64);
        body.take(bytes_left).read_to_end(&mut bytes)?;
        if let Some(head) = text_insert(&bytes) {
            let lead = bytes[head.data_start..].to_vec();
            return Ok(Self::insert(head, lead));
        }
        if bytes.len() > text_bytes_max {
            let reason = format!("The statement is longer than {text_bytes_max} bytes");
            return Err(Exception::new(Code::QueryIsTooLarge, reason));
        }
        let text = String::from_utf8(bytes);
        let text = text.map_err(|_| Exception::new(Code::SyntaxError, "The statement is not UTF-8"))?;
        if text.trim().is_empty() {
            return Err(Exception::new(Code::SyntaxError, "Empty query"));
        }
        Ok(Self::Text(text))
    }

    fn insert(head: InsertHead, lead: Vec<u8>) -> Self {
        Self::Insert { text: head.text, format: head.format, lead }
    }
}

/// The INSERT that `bytes` begin with; its data may be anything, its text is UTF-8.
fn text_insert(bytes: &[u8]) -> Option<InsertHead> {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => str::from_utf8(&bytes[..error.valid_up_to()]).ok()?,
    };
    split_insert(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, mut body: &[u8]) -> (Result<Statement, Exception>, Vec<u8>) {
        let statement = Statement::read(query.to_owned(), &mut body, 1 << 20);
        (statement, body.to_vec())
    }

    fn insert(lead: &[u8]) -> Statement {
        Statement::Insert { text: "INSERT INTO t ".into(), format: "CSV".into(), lead: lead.into() }
    }

    #[test]
    fn data_is_what_follows_the_insert_wherever_that_is() {
        assert_eq!(read("INSERT INTO t FORMAT CSV", b"1\n"), (Ok(insert(b"")), b"1\n".to_vec()));
        assert_eq!(read("INSERT INTO t FORMAT CSV 1", b"2\n"), (Ok(insert(b"1\n")), b"2\n".to_vec()));
        assert_eq!(read("", b"INSERT INTO t FORMAT CSV\n\xff\xfe"), (Ok(insert(b"\xff\xfe")), Vec::new()));
        let spread = Statement::Insert { text: "INSERT INTO t\n".into(), format: "CSV".into(), lead: b"1".into() };
        assert_eq!(read("INSERT INTO t", b"FORMAT CSV\n1"), (Ok(spread), Vec::new()));
    }

    #[test]
    fn most_data_stays_in_the_body() {
        let body = [b"INSERT INTO t FORMAT CSV\n".as_slice(), &vec![b'1'; 1 << 20]].concat();
        let (statement, rest) = read("", &body);
        assert_eq!(statement, Ok(insert(&vec![b'1'; HEAD_BYTES as usize - 25])));
        assert_eq!(rest.len(), (1 << 20) + 25 - HEAD_BYTES as usize);
    }

    #[test]
    fn an_insert_with_a_very_long_text_is_found() {
        let comment = format!("/*{}*/", " ".repeat(HEAD_BYTES as usize));
        let (statement, _) = read("", format!("INSERT INTO t {comment} FORMAT CSV\n1").as_bytes());
        assert!(matches!(statement, Ok(Statement::Insert { lead, .. }) if lead == b"1"));
    }

    #[test]
    fn a_text_is_utf_8_and_bounded() {
        assert_eq!(read("SELECT 1", b""), (Ok(Statement::Text("SELECT 1\n".into())), Vec::new()));
        assert_eq!(read("", b"SELECT '\xff'").0.unwrap_err().code(), 62);
        assert_eq!(read(" ", b"\n").0.unwrap_err().code(), 62);
        assert_eq!(read("", "SELECT 1".repeat(1 << 18).as_bytes()).0.unwrap_err().code(), 229);
    }
}

//! Just enough of ClickHouse's lexical rules to tell an INSERT's text from its data, and to find a FORMAT clause.
//!
//! Nothing here decides what is safe to run: the engine's parser counts the statements of what this cuts out.

use std::ops::Range;

/// Words looked at before giving up: no INSERT needs as many before its data.
const WORDS_MAX: usize = 65_536;

/// A word outside quotes and comments.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    span: Range<usize>,
    /// How many brackets are open around it.
    depth: usize,
}

/// Where the text of an INSERT ends and its data begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InsertHead {
    /// The statement without FORMAT and data.
    pub(crate) text: String,
    /// The data's format.
    pub(crate) format: String,
    /// Offset of the first byte of data.
    pub(crate) data_start: usize,
}

/// Splits an `INSERT … VALUES …` or `INSERT … FORMAT name …`; none when `sql` is anything else.
pub(crate) fn split_insert(sql: &str) -> Option<InsertHead> {
    let words = words(sql);
    if !is(sql, words.first()?, "INSERT") {
        return None;
    }
    for (at, word) in words.iter().enumerate().skip(1).filter(|(_, word)| word.depth == 0) {
        if is(sql, word, "SELECT") || is(sql, word, "WITH") || is(sql, word, "INFILE") {
            return None;
        }
        if is(sql, word, "VALUES") {
            return Some(InsertHead {
                text: sql[..word.span.start].to_owned(),
                format: "Values".to_owned(),
                data_start: word.span.end,
            });
        }
        let names_format = words.get(at + 1).filter(|_| is(sql, word, "FORMAT"));
        if let Some(format) = names_format {
            return Some(InsertHead {
                text: sql[..word.span.start].to_owned(),
                format: sql[format.span.clone()].to_owned(),
                data_start: data_start(sql.as_bytes(), format.span.end),
            });
        }
    }
    None
}

/// The name after the last FORMAT outside brackets.
pub(crate) fn output_format(sql: &str) -> Option<&str> {
    let words = words(sql);
    let pair = words.windows(2).rev().find(|pair| pair[0].depth == 0 && is(sql, &pair[0], "FORMAT"))?;
    Some(&sql[pair[1].span.clone()])
}

/// Whether `sql` is a SELECT, be it in brackets or begun by a WITH.
pub(crate) fn is_select(sql: &str) -> bool {
    words(sql).first().is_some_and(|word| is(sql, word, "SELECT") || is(sql, word, "WITH"))
}

/// Whether any of `names` occurs as a word of `sql`.
pub(crate) fn mentions(sql: &str, names: &[&str]) -> bool {
    words(sql).iter().any(|word| names.iter().any(|name| is(sql, word, name)))
}

fn is(sql: &str, word: &Word, keyword: &str) -> bool {
    sql[word.span.clone()].eq_ignore_ascii_case(keyword)
}

/// After a format's name ClickHouse skips blanks, one semicolon and one line's end; all else is data.
fn data_start(sql: &[u8], mut at: usize) -> usize {
    while matches!(sql.get(at), Some(b' ' | b'\t' | b'\r' | 0x0c)) {
        at += 1;
    }
    if sql.get(at) == Some(&b';') {
        at += 1;
    }
    if sql.get(at) == Some(&b'\n') {
        at += 1;
    }
    at
}

fn words(sql: &str) -> Vec<Word> {
    let bytes = sql.as_bytes();
    let (mut at, mut depth, mut words) = (0, 0_usize, Vec::new());
    while at < bytes.len() && words.len() < WORDS_MAX {
        let rest = &bytes[at..];
        at += match bytes[at] {
            quote @ (b'\'' | b'"' | b'`') => quoted_length(rest, quote),
            b'-' if rest.starts_with(b"--") => line_length(rest),
            b'#' if matches!(rest.get(1), Some(b' ' | b'!')) => line_length(rest),
            b'/' if rest.starts_with(b"/*") => 2 + length_through(&rest[2..], b"*/"),
            b'$' => heredoc_length(rest),
            b'(' | b'[' | b'{' => {
                depth += 1;
                1
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                1
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                words.push(Word { span: at..at + length, depth });
                length
            }
            _ => 1,
        };
    }
    words
}

fn quoted_length(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| **byte != b'\n').count()
}

/// `$tag$ … $tag$`, or one byte when it is no such thing.
fn heredoc_length(rest: &[u8]) -> usize {
    let tag = rest[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if rest.get(1 + tag) != Some(&b'$') {
        return 1;
    }
    let (open, body) = rest.split_at(tag + 2);
    open.len() + length_through(body, open)
}

/// The length up to and with `end`, or all of it.
fn length_through(rest: &[u8], end: &[u8]) -> usize {
    rest.windows(end.len()).position(|window| window == end).map_or(rest.len(), |at| at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(sql: &str) -> (String, String, String) {
        let head = split_insert(sql).unwrap();
        let data = sql[head.data_start..].to_owned();
        (head.text, head.format, data)
    }

    #[test]
    fn an_insert_is_cut_before_its_format() {
        let expected = ("INSERT INTO t (a, b) ".to_owned(), "TSV".to_owned(), "1\t2\n".to_owned());
        assert_eq!(split("INSERT INTO t (a, b) FORMAT TSV\n1\t2\n"), expected);
        assert_eq!(split("INSERT INTO t (a, b) FORMAT TSV ;\n1\t2\n"), expected);
        assert_eq!(split("insert into t format CSV 1").2, "1");
        assert_eq!(split("INSERT INTO t SETTINGS x = 'FORMAT y' FORMAT RowBinary").1, "RowBinary");
    }

    #[test]
    fn values_begin_the_data() {
        assert_eq!(
            split("INSERT INTO t VALUES (1, ';')"),
            ("INSERT INTO t ".into(), "Values".into(), " (1, ';')".into())
        );
    }

    #[test]
    fn keywords_in_quotes_comments_and_brackets_do_not_count() {
        assert_eq!(split("/* format */ INSERT INTO `values` (`format`, values) -- select\nFORMAT CSV\n1").2, "1");
        assert_eq!(split("INSERT INTO t FORMAT JSONEachRow {\"a\": \"VALUES\"}").1, "JSONEachRow");
    }

    #[test]
    fn an_insert_from_a_query_has_no_data() {
        for sql in ["INSERT INTO t SELECT 1", "INSERT INTO t (a) WITH 1 AS x SELECT x", "SELECT 1", "", "INSERT INTO t"]
        {
            assert_eq!(split_insert(sql), None, "{sql}");
        }
    }

    #[test]
    fn the_last_format_outside_brackets_is_the_output_format() {
        assert_eq!(output_format("SELECT 1 FORMAT JSON"), Some("JSON"));
        assert_eq!(output_format("SELECT 1 FORMAT JSON SETTINGS max_threads = 1"), Some("JSON"));
        assert_eq!(output_format("SELECT 'FORMAT JSON', $$ FORMAT JSON $$ -- FORMAT CSV"), None);
        assert_eq!(output_format("SELECT * FROM (SELECT 1 FORMAT JSON)"), None);
    }

    #[test]
    fn unended_quotes_and_comments_end_with_the_text() {
        for sql in ["'", "'\\", "/*", "--", "$a$", "$", "`", "SELECT '"] {
            assert_eq!(output_format(sql), None, "{sql}");
        }
    }

    #[test]
    fn selects_are_recognised_in_brackets_and_after_comments() {
        assert!(is_select("/* x */ (SELECT 1)"));
        assert!(is_select("with 1 as x select x"));
        assert!(!is_select("SHOW TABLES"));
        assert!(mentions("SELECT 1 WITH Totals", &["TOTALS"]));
    }
}

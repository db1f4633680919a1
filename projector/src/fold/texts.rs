//! Texts by their numbers, lying close.

use super::memory::{grow_a_little, growth};

/// Texts, each with a number: the first has 0, and none ever goes.
///
/// They lie one after the other: a value of its own takes 24 bytes for where a text is, and its allocation a third more than the
/// text has, rounded up as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Texts {
    /// Takes a text; its number. All of them together have less than 4 GiB: so many fit into no slice.
    pub(super) fn push(&mut self, text: &str) -> u32 {
        let number = self.ends.len();
        if self.text.capacity() - self.text.len() < text.len() {
            self.text.reserve_exact(text.len() + growth(self.text.len()));
        }
        self.text.push_str(text);
        grow_a_little(&mut self.ends);
        self.ends.push(self.text.len() as u32);
        number as u32
    }

    /// The text that has a number.
    pub(super) fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[number] as usize]
    }

    /// How much memory they take, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_what_it_was_however_many_come() {
        let text = |number: u32| format!("{}ü{number}", "x".repeat(number as usize % 5));
        let mut texts = Texts::default();
        assert_eq!((texts.push(""), texts.get(0)), (0, ""));
        let mut length = 0;
        for number in 1..5_000 {
            assert_eq!(texts.push(&text(number)), number);
            length += text(number).len();
        }
        assert!((1..5_000).all(|number| texts.get(number) == text(number)));
        let least = length + 5_000 * size_of::<u32>();
        assert!((least..least * 5 / 4 + 8).contains(&texts.bytes()), "{} for {least}", texts.bytes());
    }
}

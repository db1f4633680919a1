//! Bytes that are appended to, in pieces.

use bytes::Bytes;

/// The most bytes of a piece, unless one value alone has more. A multiple of eight, so that no number is torn.
const PIECE_BYTES: usize = 128 * 1024;
/// The bytes of the first piece.
const FIRST_BYTES: usize = 1024;

/// Bytes in pieces: what is there is never moved as more comes, and the memory of one flush fits the next.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
}

impl Pieces {
    /// Appends bytes. Inlined, since those of a number are so few that a call to copy them would take longer.
    #[inline]
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if self.last.capacity() - self.last.len() < bytes.len() {
            self.grow(bytes.len());
        }
        self.last.extend_from_slice(bytes);
    }

    /// Appends one byte.
    pub(super) fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    /// Appends a length as ClickHouse writes it: seven bits a byte, the lowest first.
    pub(super) fn length(&mut self, length: usize) {
        let mut rest = length;
        while rest >= 0x80 {
            self.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.push(rest as u8);
    }

    #[cold]
    fn grow(&mut self, bytes: usize) {
        let capacity = self.last.capacity();
        if capacity < PIECE_BYTES {
            let larger = (4 * capacity).clamp(FIRST_BYTES, PIECE_BYTES).max(self.last.len() + bytes);
            self.last.reserve_exact(larger - self.last.len());
        } else {
            let next = Vec::with_capacity(PIECE_BYTES.max(bytes));
            self.full.push(std::mem::replace(&mut self.last, next));
        }
    }

    /// Adds to each of the 64-bit numbers that these bytes are.
    pub(super) fn add_to_each(&mut self, amount: u64) {
        if amount == 0 {
            return;
        }
        for piece in self.full.iter_mut().chain([&mut self.last]) {
            for number in piece.as_chunks_mut::<8>().0 {
                *number = (u64::from_le_bytes(*number) + amount).to_le_bytes();
            }
        }
    }

    /// Adds the pieces to what is sent.
    pub(super) fn send(self, sent: &mut Vec<Bytes>) {
        let pieces = self.full.into_iter().chain([self.last]);
        sent.extend(pieces.filter(|piece| !piece.is_empty()).map(Bytes::from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(pieces: Pieces) -> Vec<u8> {
        let mut sent = Vec::new();
        pieces.send(&mut sent);
        sent.concat()
    }

    #[test]
    fn what_is_sent_is_what_was_appended() {
        let mut pieces = Pieces::default();
        let mut expected = Vec::new();
        for number in 0..100_000_u64 {
            pieces.extend(&number.to_le_bytes());
            expected.extend(number.to_le_bytes());
        }
        let long = vec![7; 2 * PIECE_BYTES];
        pieces.extend(&long);
        pieces.length(300);
        expected.extend(&long);
        expected.extend([0xac, 2]);
        assert_eq!(bytes(pieces), expected);
    }

    #[test]
    fn every_number_of_every_piece_is_added_to() {
        let mut pieces = Pieces::default();
        (0..50_000_u64).for_each(|number| pieces.extend(&number.to_le_bytes()));
        assert!(pieces.full.len() > 1);
        pieces.add_to_each(1_000);
        let expected: Vec<u8> = (1_000..51_000_u64).flat_map(u64::to_le_bytes).collect();
        assert_eq!(bytes(pieces), expected);
    }
}

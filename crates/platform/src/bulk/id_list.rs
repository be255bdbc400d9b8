//! The ids of an answer while they are noted: each as its distance from the one before, in as few bytes as that takes. An
//! answer mostly comes in the order of its ids, and then a million of them take a megabyte or two.

use model::RecordId;

/// Bits of a distance in one byte; the eighth says that more follow.
const BITS: u32 = 7;
const MORE: u8 = 0x80;

#[derive(Default)]
pub(super) struct IdList {
    bytes: Vec<u8>,
    last: i64,
    count: u64,
}

impl IdList {
    pub(super) fn push(&mut self, id: RecordId) {
        let distance = id.as_i64().wrapping_sub(self.last);
        // Small distances in either direction are small numbers.
        let mut left = (distance.cast_unsigned() << 1) ^ (distance >> 63).cast_unsigned();
        while left >= u64::from(MORE) {
            self.bytes.push((left & u64::from(MORE - 1)) as u8 | MORE);
            left >>= BITS;
        }
        self.bytes.push(left as u8);
        (self.last, self.count) = (id.as_i64(), self.count + 1);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = RecordId> {
        let (mut bytes, mut last) = (self.bytes.iter(), 0_i64);
        std::iter::from_fn(move || {
            let (mut read, mut shift) = (0_u64, 0);
            loop {
                let byte = *bytes.next()?;
                read |= u64::from(byte & !MORE) << shift;
                shift += BITS;
                if byte & MORE == 0 {
                    break;
                }
            }
            let distance = (read >> 1).cast_signed() ^ -((read & 1).cast_signed());
            last = last.wrapping_add(distance);
            Some(RecordId::from_i64(last))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_in_their_order_however_far_apart_they_are() {
        for numbers in [vec![], vec![7, 8, 9, 9, 3], vec![0, i64::MAX, 1, i64::MAX - 1, 1 << 45, (1 << 45) + 200]] {
            let mut list = IdList::default();
            numbers.iter().for_each(|number| list.push(RecordId::from_i64(*number)));
            assert_eq!(list.iter().map(|id| id.as_i64()).collect::<Vec<_>>(), numbers);
            assert_eq!(list.count(), numbers.len() as u64);
        }
    }

    #[test]
    fn ids_in_a_row_take_about_a_byte_each() {
        let mut list = IdList::default();
        (0..10_000).for_each(|at| list.push(RecordId::from_i64(1 << 50 | at)));
        assert!(list.bytes.len() < 10_020, "{}", list.bytes.len());
    }
}

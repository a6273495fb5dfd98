//! Byte offsets to lines and columns.

/// Finds lines and columns in one source.
pub(crate) struct LineIndex<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> LineIndex<'s> {
    /// Notes where the lines of `source` begin. `\r\n` and `\n` end a line.
    pub fn new(source: &'s str) -> Self {
        let starts = std::iter::once(0)
            .chain(source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
            .collect();
        Self { source, starts }
    }

    /// Line and column of a byte offset, both from 1, the column in characters. An offset beyond the end is the end.
    pub fn position(&self, offset: usize) -> (u32, u32) {
        let mut offset = offset.min(self.source.len());
        while !self.source.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let column = self.source[self.starts[line]..offset].chars().count();
        (clamp(line + 1), clamp(column + 1))
    }
}

fn clamp(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_not_bytes() {
        let index = LineIndex::new("Habari é\r\nüx\n");
        assert_eq!(index.position(0), (1, 1));
        assert_eq!(index.position(9), (1, 9));
        assert_eq!(index.position(11), (2, 1));
        assert_eq!(index.position(13), (2, 2));
        assert_eq!(index.position(999), (3, 1));
    }
}

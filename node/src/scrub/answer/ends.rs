//! From code points to bytes.

use memchr::memchr;
use std::ops::Range;

/// The ends of spans in one text: all of them are looked up in one pass over it.
#[derive(Debug)]
pub(super) struct Ends {
    /// In the order of the text. Those behind it are left out.
    ends: Vec<End>,
}

/// An end of spans.
#[derive(Debug, Clone, Copy)]
struct End {
    code_point: usize,
    /// The byte at which a span begins that begins here.
    start: usize,
    /// The byte at which a span ends that ends here.
    end: usize,
}

impl Ends {
    /// Looks up code points, in any order.
    pub(super) fn new(text: &str, mut code_points: Vec<usize>) -> Self {
        code_points.sort_unstable();
        code_points.dedup();
        let mut wanted = code_points.into_iter().peekable();
        let bytes = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
        let mut ends = Vec::new();
        for (code_point, byte) in bytes.enumerate() {
            let Some(next) = wanted.peek() else { break };
            if *next == code_point {
                wanted.next();
                ends.push(End { code_point, start: byte, end: byte });
            }
        }
        Self { ends }
    }

    /// In a text that is JSON: what begins or ends inside an escape has the escape whole, so that
    /// what is left without it is JSON.
    pub(super) fn widen_to_escapes(&mut self, text: &str) {
        let mut escapes = Escapes { text: text.as_bytes(), at: 0 }.peekable();
        for end in &mut self.ends {
            while escapes.next_if(|escape| escape.end <= end.start).is_some() {}
            if let Some(escape) = escapes.peek().filter(|escape| escape.start < end.start) {
                (end.start, end.end) = (escape.start, escape.end);
            }
        }
    }

    /// The bytes of a range of code points, if it is not empty and lies in the text.
    pub(super) fn range(&self, code_points: Range<usize>) -> Option<Range<usize>> {
        let end_at = |code_point| {
            let found = self.ends.binary_search_by_key(&code_point, |end| end.code_point);
            found.ok().map(|index| self.ends[index])
        };
        let is_range = code_points.start < code_points.end;
        let (start, end) = end_at(code_points.start).zip(end_at(code_points.end))?;
        is_range.then_some(start.start..end.end)
    }
}

/// The escapes in the strings of a text that is JSON, in order; a pair of surrogates is one.
struct Escapes<'a> {
    text: &'a [u8],
    at: usize,
}

impl Escapes<'_> {
    /// The code unit of `\uXXXX` at a place, if there is one.
    fn unit(&self, at: usize) -> Option<u16> {
        let digits = self.text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        let digits = std::str::from_utf8(digits).ok()?;
        u16::from_str_radix(digits, 16).ok()
    }

    fn len(&self, at: usize) -> usize {
        match (self.unit(at), self.unit(at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(_), _) => 6,
            (None, _) => 2,
        }
    }
}

impl Iterator for Escapes<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at + memchr(b'\\', self.text.get(self.at..)?)?;
        self.at = start + self.len(start);
        Some(start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_become_bytes_whatever_the_order() {
        let ends = Ends::new("aé你🎈", vec![4, 0, 2, 9, 3]);
        assert_eq!((ends.range(0..2), ends.range(2..4)), (Some(0..3), Some(3..10)));
        assert_eq!((ends.range(3..9), ends.range(3..3)), (None, None), "behind it, and nothing");
    }

    #[test]
    fn an_escape_is_taken_whole() {
        let text = r#"["a\nb\ud83c\udf88c\\"]"#;
        let mut ends = Ends::new(text, (0..=text.len()).collect());
        ends.widen_to_escapes(text);
        let taken = |at: usize| &text[ends.range(at..at + 1).unwrap()];
        assert_eq!((taken(3), taken(4), taken(5)), (r"\n", r"\n", "b"));
        assert_eq!((taken(6), taken(17)), (r"\ud83c\udf88", r"\ud83c\udf88"));
        assert_eq!((taken(18), taken(19), taken(20)), ("c", r"\\", r"\\"));
    }
}

//! How countries group the digits of their numbers, without a calling code. What has such a shape is
//! taken for a phone without a word near it.

use super::shape::Shape;

impl Shape<'_> {
    /// "(212) 555-0123", "212-555-0123", "212.555.0123", with or without a 1 before it.
    pub(super) fn is_north_american(&self) -> bool {
        let long = self.has_lens(&[1, 3, 3, 4]) && self.digits().first() == Some(&b'1');
        if !long && !self.has_lens(&[3, 3, 4]) {
            return false;
        }
        let area = self.digit(usize::from(long));
        let same = self.gaps_are("-")
            || (self.gaps_are(".") && area >= b'2')
            || (long && self.gaps().eq([" ", " ", "-"]))
            || (!long && area >= b'2' && self.gaps().eq([" ", "-"]))
            || (!long && area >= b'2' && self.digit(3) >= b'2' && self.gaps_are(" "));
        same || (self.parenthesis_closes() && self.gap_is(self.count() - 1, &["-", ".", " "]))
    }

    fn gap_is(&self, inner: usize, gaps: &[&str]) -> bool {
        self.gaps().nth(inner - 1).is_some_and(|gap| gaps.contains(&gap))
    }

    /// A trunk zero, an area and the rest, apart: "030 123456", "03-1234-5678", "01.23.45.67.89".
    pub(super) fn is_trunk_grouped(&self) -> bool {
        let digits = self.digits();
        let most = if self.count() == 2 { 12 } else { 11 };
        let pairs = self.has_lens(&[2; 5]);
        let first = self.first_len();
        self.is_grouped()
            && self.count() <= 5
            && self.has_trunk_zero()
            && (9..=most).contains(&digits.len())
            && (2..=5).contains(&first)
            && self.lens().all(|len| len >= 2)
            && (pairs || !self.any_gap('.'))
            && !self.has_lens(&[5, 4])
            && !(self.gaps_are("-") && self.lens().collect::<Vec<_>>().ends_with(&[5, 2]))
            && !(self.any_gap(' ') && self.any_gap('/'))
    }

    /// "0 507 644 23 52", "8 495 123 45 67": as in Turkey and Russia.
    pub(super) fn is_behind_trunk(&self) -> bool {
        let pairs = self.has_lens(&[1, 3, 3, 2, 2]) && !self.any_gap('.') && !self.any_gap('/');
        pairs && self.is_trunk_of_eleven()
    }

    /// A trunk digit, and an area that may be behind it.
    pub(super) fn is_trunk_of_eleven(&self) -> bool {
        let area = self.digit(1);
        self.digits().len() == 11
            && matches!((self.digit(0), area), (b'0', b'2'..=b'5') | (b'8', b'3'..=b'9'))
    }

    /// "044.345.79.56", "078/648 47 79", "090.4155.0954", "02.871.2989": dots and slashes where others
    /// have blanks.
    pub(super) fn is_dotted_behind_trunk(&self) -> bool {
        let swiss =
            self.has_lens(&[3, 3, 2, 2]) && (self.gaps_are(".") || self.gaps().eq(["/", " ", " "]));
        let eastern: [&[usize]; 5] = [&[3, 4, 4], &[2, 4, 4], &[2, 3, 4], &[3, 3, 4], &[4, 3, 3]];
        let eastern = eastern.iter().any(|lens| self.has_lens(lens)) && self.gaps_are(".");
        self.has_trunk_zero() && (swiss || eastern)
    }

    /// "08-42 86 70", "068-24 06 31"
    pub(super) fn is_swedish(&self) -> bool {
        let mut gaps = self.gaps();
        let pairs = self.lens().skip(2).all(|len| len == 2) && self.count() == 4;
        let area = (2..=4).contains(&self.first_len());
        self.has_trunk_zero()
            && pairs
            && area
            && gaps.next() == Some("-")
            && gaps.all(|gap| gap == " ")
    }

    /// "347-2347072", "333/2094709"
    pub(super) fn is_italian_mobile(&self) -> bool {
        self.has_lens(&[3, 7])
            && self.digit(0) == b'3'
            && (self.gaps_are("-") || self.gaps_are("/"))
    }

    /// "532 504 86 18"
    pub(super) fn is_turkish_mobile(&self) -> bool {
        self.has_lens(&[3, 3, 2, 2]) && self.gaps_are(" ") && self.digit(0) == b'5'
    }

    /// "22 017 73 30"
    pub(super) fn is_polish(&self) -> bool {
        self.has_lens(&[2, 3, 2, 2]) && self.gaps_are(" ") && self.digit(0) >= b'1'
    }

    /// "11 91234-5678", "42 6087-5264": an area of Brazil, then four or five digits and four; mobile
    /// ones begin with a nine, which may stand apart.
    pub(super) fn is_brazilian(&self) -> bool {
        let digits = self.digits();
        let grouped = self.gaps_are("-")
            || self.gaps().eq([" ", "-"])
            || self.gaps().eq([" ", " ", "-"])
            || self.gaps_are(" ") && self.count() == 4;
        let [first, second, third, ..] = digits else { return false };
        let is_area = match first {
            b'2' => b"12478".contains(second),
            b'3' => b"1234578".contains(second),
            b'5' => b"1345".contains(second),
            b'7' => b"134579".contains(second),
            b'1' | b'4' | b'6' | b'8' | b'9' => *second != b'0',
            _ => false,
        };
        let is_mobile =
            (self.has_lens(&[2, 5, 4]) || self.has_lens(&[2, 1, 4, 4])) && *third == b'9';
        let is_fixed = self.has_lens(&[2, 4, 4]) && self.gaps().eq([" ", "-"]);
        grouped && is_area && (is_mobile || is_fixed)
    }

    /// "0912345678": in one piece, with a trunk zero.
    pub(super) fn is_dialled(&self) -> bool {
        let digits = self.digits();
        !self.is_grouped() && (9..=11).contains(&digits.len()) && self.has_trunk_zero()
    }

    pub(super) fn is_chinese_mobile(&self) -> bool {
        let digits = self.digits();
        digits.len() == 11
            && self.digit(0) == b'1'
            && self.digit(1) >= b'3'
            && (!self.is_grouped() || self.has_lens(&[3, 4, 4]))
    }
}

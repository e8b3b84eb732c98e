//! What the scripts of a text tell of where words end.

/// Whether a script is written without spaces, or with endings put straight behind foreign words:
/// Han, kana, Hangul, Thai, Lao, Khmer, Burmese. Next to such a character a Latin word ends.
pub(super) fn is_spaceless(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1100..=0x11FF | 0x1780..=0x17FF
        | 0x3005..=0x312F | 0x3130..=0x318F | 0x31A0..=0x31FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xA960..=0xA97F | 0xAC00..=0xD7FF | 0xF900..=0xFAFF
        | 0xFF66..=0xFFDC | 0x20000..=0x3FFFF)
}

/// Whether `c` belongs to the same word as an ASCII letter or digit beside it.
pub(super) fn joins_latin(c: char) -> bool {
    c.is_alphanumeric() && !is_spaceless(c)
}

//! Texts in, spans out.

mod folding;

//! Texts in, spans out.

mod folding;
mod sentences;

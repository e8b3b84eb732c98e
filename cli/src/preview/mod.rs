//! What a person sees before they sign.

mod chat;

pub(crate) use chat::{Detail, show_chats};

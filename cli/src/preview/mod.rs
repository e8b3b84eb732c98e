//! What a person sees before they sign.

mod chat;
mod terms;

pub(crate) use chat::{Detail, show_chats, show_messages};
pub(crate) use terms::{policy_words, show_policy, show_terms};

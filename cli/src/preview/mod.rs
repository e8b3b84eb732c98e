//! What a person sees before they sign.

mod chat;
mod terms;

pub(crate) use chat::{Detail, Shown, list_chats, show_chat, show_chats, show_messages};
pub(crate) use terms::{Origin, Terms, policy_words, show_policy, show_terms};

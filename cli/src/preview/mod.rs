//! What a person sees before they sign.

mod chat;
mod message;
mod scrub;
mod terms;

pub(crate) use chat::{Detail, Shown, judged, list_chats, show_chat, show_chats, show_whole};
pub(crate) use scrub::{Fates, Handled, ScrubPage, ValueLine, show_scrubbed, show_values};
pub(crate) use terms::{Origin, Terms, policy_words, show_policy, show_terms};

//! Every text of a chat, each once, in its order.

use super::{Field, Place};
use sheaf_protocol::chat::{Chat, Feedback, Message, Part};

/// Writes the walk for borrowed chats, and for chats that are being changed.
macro_rules! walks {
    ($walk:ident, $message:ident, $part:ident, $feedback:ident, $text:ty, $($mutable:tt)?) => {
        /// Hands every text of a chat to `see`.
        pub(in crate::scrub) fn $walk<'a>(
            chat: &'a $($mutable)? Chat,
            see: &mut dyn FnMut(Place, $text),
        ) {
            let of_chat = |field| Place { message: None, part: None, field };
            for (field, text) in [
                (Field::Title, & $($mutable)? chat.title),
                (Field::Source, & $($mutable)? chat.source),
                (Field::Model, & $($mutable)? chat.model),
            ] {
                if let Some(text) = text {
                    see(of_chat(field), text);
                }
            }
            if let Some(feedback) = & $($mutable)? chat.feedback {
                $feedback(of_chat, feedback, see);
            }
            for (index, message) in (0..).zip(& $($mutable)? chat.messages) {
                $message(index, message, see);
            }
        }

        fn $message<'a>(
            index: usize,
            message: &'a $($mutable)? Message,
            see: &mut dyn FnMut(Place, $text),
        ) {
            let of_message = |field| Place { message: Some(index), part: None, field };
            for (field, text) in [
                (Field::Name, & $($mutable)? message.name),
                (Field::Recipient, & $($mutable)? message.recipient),
                (Field::Model, & $($mutable)? message.model),
            ] {
                if let Some(text) = text {
                    see(of_message(field), text);
                }
            }
            for (number, part) in (0..).zip(& $($mutable)? message.parts) {
                let place = |field| Place { message: Some(index), part: Some(number), field };
                $part(part, &mut |field, text| see(place(field), text));
            }
            if let Some(feedback) = & $($mutable)? message.feedback {
                $feedback(of_message, feedback, see);
            }
        }

        fn $part<'a>(part: &'a $($mutable)? Part, see: &mut dyn FnMut(Field, $text)) {
            let mut any = |field, text: Option<$text>| {
                if let Some(text) = text {
                    see(field, text);
                }
            };
            match part {
                Part::Text { text } => see(Field::Text, text),
                Part::Reasoning { text } => see(Field::Reasoning, text),
                Part::Code { language, text } => {
                    any(Field::Language, language.into());
                    see(Field::Code, text);
                }
                Part::ToolCall { id, name, arguments } => {
                    any(Field::Id, id.into());
                    see(Field::Name, name);
                    see(Field::Arguments, arguments);
                }
                Part::ToolResult { id, name, output, .. } => {
                    any(Field::Id, id.into());
                    any(Field::Name, name.into());
                    see(Field::Output, output);
                }
                Part::Media { mime, name, text, .. } => {
                    any(Field::Mime, mime.into());
                    any(Field::Name, name.into());
                    any(Field::Transcript, text.into());
                }
                Part::Other { kind, json } => {
                    see(Field::Kind, kind);
                    see(Field::Json, json);
                }
            }
        }

        fn $feedback<'a>(
            place: impl Fn(Field) -> Place,
            feedback: &'a $($mutable)? Feedback,
            see: &mut dyn FnMut(Place, $text),
        ) {
            for (index, score) in (0..).zip(& $($mutable)? feedback.scores) {
                see(place(Field::Score(index)), & $($mutable)? score.name);
            }
            for (index, tag) in (0..).zip(& $($mutable)? feedback.tags) {
                see(place(Field::Tag(index)), tag);
            }
            if let Some(comment) = & $($mutable)? feedback.comment {
                see(place(Field::Comment), comment);
            }
        }
    };
}
walks!(walk, message, part, feedback, &'a String,);
walks!(walk_mut, message_mut, part_mut, feedback_mut, &'a mut String, mut);

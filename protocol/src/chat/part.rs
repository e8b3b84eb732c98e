use crate::cbor::{Decode, Encode, Error, Reader, Reason, Writer};
use serde::{Deserialize, Serialize};

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    /// What is said.
    Text {
        /// The text, as it was; often Markdown.
        text: String,
    },
    /// What the model thought before it spoke, where the tool shows it.
    Reasoning {
        /// The text.
        text: String,
    },
    /// A program handed to a tool.
    Code {
        /// Its language.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
        /// The program.
        text: String,
    },
    /// The model calls a tool.
    ToolCall {
        /// What the result will refer to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The tool's name.
        name: String,
        /// The arguments, usually JSON: the text as it was, never parsed.
        arguments: String,
    },
    /// What a tool answered.
    ToolResult {
        /// The call it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The tool's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The answer.
        output: String,
        /// Whether the call failed.
        #[serde(default, skip_serializing_if = "super::is_false")]
        is_error: bool,
    },
    /// An image, a sound, a film or a file: that it was there, never its bytes.
    Media {
        /// Which of them.
        kind: MediaKind,
        /// Its media type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime: Option<String>,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Its size in bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<u64>,
        /// What it shows or says: a description or a transcript.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Something that the other parts cannot express.
    Other {
        /// The tool's name for it.
        kind: String,
        /// The thing as JSON text, as it was.
        json: String,
    },
}

/// What kind of thing a [`Part::Media`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// Any other file.
    File,
}
crate::codes!(MediaKind { Image = 0, Audio = 1, Video = 2, File = 3 });

impl Part {
    /// A text part.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// The longest text of the part: what a person would read of it.
    pub fn body(&self) -> &str {
        match self {
            Self::Text { text } | Self::Reasoning { text } | Self::Code { text, .. } => text,
            Self::ToolCall { arguments, .. } => arguments,
            Self::ToolResult { output, .. } => output,
            Self::Media { text, .. } => text.as_deref().unwrap_or_default(),
            Self::Other { json, .. } => json,
        }
    }

    /// Whether the part says nothing. A call without arguments and a picture still say something.
    pub fn is_empty(&self) -> bool {
        !matches!(self, Self::ToolCall { .. } | Self::Media { .. }) && self.body().is_empty()
    }
}

/// Parts are arrays `[code, field…]`.
macro_rules! parts {
    ($($variant:ident = $code:literal { $($field:ident),+ })+) => {
        impl Encode for Part {
            fn encode(&self, w: &mut Writer) {
                match self {$(
                    Self::$variant { $($field),+ } => {
                        w.array(1 + [$(stringify!($field)),+].len());
                        w.uint($code);
                        $(w.value($field);)+
                    }
                )+}
            }
        }
        impl Decode for Part {
            fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
                let start = r.at();
                let found = r.array()?;
                r.nested(|r| {
                    let at = r.at();
                    match r.uint()? {
                        $($code => {
                            let expected = 1 + [$(stringify!($field)),+].len();
                            check_length(expected, found, start)?;
                            $(let $field =
                                r.value().map_err(|e: Error| e.within(stringify!($field)))?;)+
                            Ok(Self::$variant { $($field),+ })
                        })+
                        other => {
                            let reason = Reason::UnknownCode(other);
                            Err(Error { reason, at, path: vec!["part"] })
                        }
                    }
                })
            }
        }
    };
}
parts! {
    Text = 0 { text }
    Reasoning = 1 { text }
    Code = 2 { language, text }
    ToolCall = 3 { id, name, arguments }
    ToolResult = 4 { id, name, output, is_error }
    Media = 5 { kind, mime, name, bytes, text }
    Other = 6 { kind, json }
}

fn check_length(expected: usize, found: u64, at: usize) -> Result<(), Error> {
    if found == expected as u64 {
        return Ok(());
    }
    Err(Error { reason: Reason::Length { expected, found }, at, path: vec!["part"] })
}

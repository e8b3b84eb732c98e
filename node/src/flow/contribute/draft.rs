use super::{Contributor, shown};
use crate::book::{ChatId, Choices, State, TextMark};
use sheaf_protocol::{
    chat::{Chat, ChatError},
    id::{BlobHash, ChatCommitment, KeyCheck},
    limits::LABELS_MAX,
    policy::{Refusal, Request, decide},
    statement::{BlobRef, Body, Consent, Invalid, Labels, Manifest, Scrubbed, Verdict, is_line},
    time::{Day, Time},
    usage::VOCABULARY,
};
use std::collections::BTreeSet;

/// What a member decides for all the chats that they give at once.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Licence, usage preference and attribution.
    pub choices: Choices,
    /// The last day on which a chat may be held, as [`Choices::keep`] and the policy make it.
    pub due: Option<Day>,
}

/// What a member says about one chat; the labels of its manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Good, bad or interesting.
    pub verdict: Option<Verdict>,
    /// Free words.
    pub tags: Vec<String>,
    /// BCP 47 tags of the languages in it.
    pub languages: Vec<String>,
    /// What was found in it that is private, by kind.
    pub scrubbed: Vec<Scrubbed>,
}

/// A chat as it would be given: nothing is signed yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its title.
    pub title: Option<String>,
    /// Its canonical bytes: exactly what would be shared.
    pub plain: Vec<u8>,
    /// The terms.
    pub consent: Consent,
    /// The labels.
    pub labels: Labels,
    /// The sentences to show before signing.
    pub shown: Vec<String>,
    pub(super) mark: TextMark,
    pub(super) source: Option<TextMark>,
}

impl Draft {
    /// The same, which remembers the chat that it was made from by masking.
    #[must_use]
    pub fn made_of(mut self, source: TextMark) -> Self {
        self.source = Some(source).filter(|source| *source != self.mark);
        self
    }

    /// Recognises its text.
    pub fn mark(&self) -> &TextMark {
        &self.mark
    }
}

/// Why a chat cannot be given so.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// It breaks a rule of the normal form.
    #[error("the chat cannot be shared as it is: {0}")]
    Chat(#[from] ChatError),
    /// The policy says no; one sentence for each reason.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Policy(Vec<Refusal>),
    /// The member is not one.
    #[error("you are not a member of \"{0}\": join with an invitation first")]
    NotMember(String),
    /// The same text was given before.
    #[error("you gave this chat before: it is {}{}", id.short(), if state.is_given() { "" } else { ", taken back since" })]
    Given {
        /// As this chat.
        id: ChatId,
        /// Which stands so.
        state: State,
    },
    /// A name, a label or the licence is not of the form that a manifest needs.
    #[error("{0}")]
    Form(#[from] Invalid),
}

impl Contributor<'_> {
    /// What giving `chat` would mean, judged by the policy shown.
    ///
    /// # Errors
    /// [`DraftError`] says why it cannot be given so.
    pub fn draft(
        &self,
        chat: &Chat,
        settings: &Settings,
        said: &Said,
        now: Time,
    ) -> Result<Draft, DraftError> {
        if !self.info.is_member() {
            return Err(DraftError::NotMember(self.info.name().to_owned()));
        }
        chat.validate()?;
        let plain = chat.to_cbor();
        let mark = TextMark::of(&plain);
        if let Some((id, state)) = self.given.text(&mark) {
            return Err(DraftError::Given { id: id.clone(), state: state.clone() });
        }
        let (consent, labels) = (consent(settings), labels(chat, said));
        self.check_form(&consent, &labels, plain.len() as u64, now)?;
        let request = Request::Contribute { consent: &consent, plain_bytes: plain.len() as u64 };
        let decision = decide(self.info.policy(), &request, now);
        if !decision.is_allowed() {
            return Err(DraftError::Policy(decision.reasons));
        }
        let shown = shown(self.info.name(), self.info.policy(), &consent, &labels);
        let title = chat.title.clone();
        Ok(Draft { title, plain, consent, labels, shown, mark, source: None })
    }

    /// Checks the rules of form on a manifest that has everything but what sealing makes.
    fn check_form(
        &self,
        consent: &Consent,
        labels: &Labels,
        bytes: u64,
        now: Time,
    ) -> Result<(), Invalid> {
        let manifest = Manifest {
            control: self.info.id().0,
            blob: BlobRef { hash: BlobHash([0; 32]), sealed_bytes: 1, plain_bytes: bytes },
            commitment: ChatCommitment([0; 32]),
            check: KeyCheck([0; 32]),
            consent: consent.clone(),
            labels: labels.clone(),
        };
        self.info.statement(Body::Manifest(manifest), now).validate()
    }
}

fn consent(settings: &Settings) -> Consent {
    let Choices { licence, usage, attribution, .. } = settings.choices.clone();
    let vocabulary = VOCABULARY.to_owned();
    Consent { licence, usage, vocabulary, attribution, due: settings.due }
}

fn labels(chat: &Chat, said: &Said) -> Labels {
    Labels {
        verdict: said.verdict,
        tags: sorted(&said.tags),
        languages: sorted(&said.languages),
        models: models(chat),
        messages: u32::try_from(chat.message_count()).unwrap_or(u32::MAX),
        created: chat.created,
        scrubbed: said.scrubbed.clone(),
    }
}

/// The first of the models named in the chat: a label may leave some out, the chat names them all.
fn models(chat: &Chat) -> Vec<String> {
    let of_messages = chat.messages.iter().filter_map(|message| message.model.as_ref());
    let models: BTreeSet<_> = chat.model.iter().chain(of_messages).collect();
    models.into_iter().filter(|name| is_line(name)).take(LABELS_MAX).cloned().collect()
}

fn sorted(words: &[String]) -> Vec<String> {
    let set: BTreeSet<_> = words.iter().collect();
    set.into_iter().cloned().collect()
}

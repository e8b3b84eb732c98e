//! One chat that waits, as its member gave it, with what was found marked.

use super::{all, chosen};
use crate::context::Context;
use crate::error::{CliError, Kind};
use crate::node::OwnNode;
use crate::output::{Page, Report};
use crate::preview::show_whole;
use crate::text::{count, printable};
use serde::Serialize;
use sheaf_node::book::ChatId;
use sheaf_node::flow::contribute::{label_words, private_words};
use sheaf_node::flow::review::{ReviewError, Reviewed, look};
use sheaf_node::scrub::marked;
use sheaf_protocol::exchange::{Finding, FoundKind};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::statement::{Attribution, Manifest};
use sheaf_protocol::time::{Day, Time};

pub(super) async fn run(id: &str, cx: &Context) -> Result<(), CliError> {
    let node = OwnNode::of(cx).await?;
    let info = node.community(None).await?;
    let (id, line) = chosen(all(&node.client).await?, &[id.to_owned()])?.remove(0);
    let reviewed = look(&node.client, &info, &line.control).await.map_err(not_shown)?;
    node.close().await;
    cx.out.report(&Whole::new(id, reviewed))
}

fn not_shown(error: ReviewError) -> CliError {
    match error {
        ReviewError::Call(error) => error.into(),
        error => CliError::new(Kind::NotVerified, error),
    }
}

#[derive(Debug, Serialize)]
struct Whole {
    id: ChatId,
    control: PublicKey,
    #[serde(serialize_with = "sheaf_protocol::time::as_text")]
    received: Time,
    #[serde(serialize_with = "sheaf_protocol::time::as_text")]
    signed: Time,
    signer: PublicKey,
    name: Option<String>,
    licence: String,
    usage: String,
    #[serde(serialize_with = "sheaf_protocol::time::as_text_if_any")]
    due: Option<Day>,
    /// What was found, and whether it is why the chat waits.
    found: Vec<FoundKind>,
    /// Where; the first thousand.
    places: Vec<Finding>,
    /// Why a scrubber could not look.
    failed: Option<String>,
    /// The chat in normal form.
    chat: serde_json::Value,
    #[serde(skip)]
    reviewed: Reviewed,
}

impl Whole {
    fn new(id: ChatId, reviewed: Reviewed) -> Self {
        let Reviewed { signer, signed, manifest, chat, received, findings } = reviewed.clone();
        let Manifest { control, consent, .. } = manifest;
        Self {
            id,
            control,
            received,
            signed,
            signer,
            name: match consent.attribution {
                Attribution::None => None,
                Attribution::Name(name) => Some(name),
            },
            licence: consent.licence,
            usage: consent.usage,
            due: consent.due,
            found: findings.kinds,
            places: findings.places,
            failed: findings.failed,
            chat: chat.to_json(),
            reviewed,
        }
    }

    fn terms(&self, page: &mut Page) {
        let (consent, labels) = (&self.reviewed.manifest.consent, &self.reviewed.manifest.labels);
        let usage = match consent.usage.is_empty() {
            true => "nothing is said".into(),
            false => printable(&consent.usage),
        };
        page.field("licence", printable(&consent.licence));
        page.field("machines", usage);
        match &self.name {
            Some(name) => page.field("name", format_args!("{}, {}", printable(name), self.signer)),
            None => page.field("name", "none: signed with a key of this chat alone"),
        }
        let due = self.due.map_or("none".into(), |day| day.to_string());
        page.field("last day", due);
        page.field("labels", printable(&label_words(labels)));
        page.field("its member", printable(&private_words(&labels.scrubbed)));
        page.field("signed", self.signed);
        page.field("came", self.received);
    }

    fn found(&self, page: &mut Page) {
        if let Some(why) = &self.failed {
            let line = format!("It could not be scanned whole: {}", printable(why));
            page.line(page.style.yellow(&line));
        }
        for found in &self.found {
            let why = if found.review { "why it waits" } else { "the policy does not mind" };
            page.field(&printable(&found.kind), format_args!("{}×, {why}", found.times));
        }
        if let unlisted @ 1.. = self.reviewed.findings.unlisted() {
            let places = count(unlisted, "more place");
            page.line(format_args!("{places}, found and not marked above: read all of it."));
        }
    }

    fn chat(&self, page: &mut Page) {
        let marked = marked(&self.reviewed.chat, &self.places, &without_signs, &sign);
        let style = page.style;
        page.rewritten(
            |page| show_whole(page, &marked),
            |text| {
                let opened = text.split(BEGIN).enumerate().map(|(n, piece)| {
                    match piece.split_once(KIND).filter(|_| n > 0) {
                        Some((kind, rest)) => style.yellow(&format!("⟦{kind}:")) + rest,
                        None => piece.to_owned(),
                    }
                });
                opened.collect::<String>().replace(END, &style.yellow("⟧"))
            },
        );
    }
}

/// Signs that stand for the marks until the page is laid out. Those of a chat itself are taken out
/// before, so that no chat marks anything.
const BEGIN: char = '\u{f8f0}';
const KIND: char = '\u{f8f1}';
const END: char = '\u{f8f2}';

fn without_signs(text: &str) -> String {
    text.replace([BEGIN, KIND, END], "\u{fffd}")
}

fn sign(finding: &Finding, value: &str) -> String {
    format!("{BEGIN}{}{KIND} {value}{END}", without_signs(&finding.kind))
}

impl Report for Whole {
    fn page(&self, page: &mut Page) {
        page.heading(format_args!("Chat {}", self.id.short()));
        self.chat(page);
        page.blank();
        page.heading("What was found");
        self.found(page);
        page.blank();
        page.heading("What its member signed");
        self.terms(page);
        page.blank();
        let id = self.id.short();
        page.aside("The chat is the one that its member signed: that was checked here.");
        page.aside(format_args!(
            "`sheaf review accept {id}` puts it into the log; `sheaf review reject {id} --reason \
             privacy` erases it and tells its member why."
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Style;
    use sheaf_node::scrub::{Scanner, arrival};
    use sheaf_protocol::chat::{Chat, Message, Part, Role};

    #[test]
    fn what_is_found_is_marked_in_the_chat_and_a_chat_marks_nothing() {
        let text = format!("Write to alice@example.org {BEGIN}email{KIND} bob{END}!");
        let message = Message::new(Role::User, None, vec![Part::text(text)]);
        let chat = Chat { messages: vec![message], ..Chat::default() };
        let places = arrival(&Scanner::new(), &chat).places;
        let shown = marked(&chat, &places, &without_signs, &sign);
        let mut page = Page::new(Style::plain());
        show_whole(&mut page, &shown);
        let text = page.text();
        let mark = format!("{BEGIN}email{KIND} alice@example.org{END}");
        assert!(text.contains(&mark), "{text}");
        assert_eq!(text.matches(END).count(), 1, "its own signs are none: {text}");
    }
}

use super::super::SHARE_SECRETS;
use super::super::apply::{Applied, Scanned, apply, longer, scan};
use super::super::typed::change;
use super::*;
use crate::chosen::Chosen;
use crate::scrubber::Scrubbers;
use sheaf_node::import::Imported;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::policy::Preset;
use std::sync::Arc;

/// Some chats, a policy, and what a member types about them.
struct Desk {
    policy: Policy,
    scanner: Scanner,
    scanned: Vec<Scanned>,
    list: List,
    wants: Wants,
    applied: Applied,
}

impl Desk {
    fn of(texts: &[&str]) -> Self {
        Self::under(Policy::preset(Preset::Open), texts)
    }

    fn under(policy: Policy, texts: &[&str]) -> Self {
        let chosen = |text: &&str| {
            let say = |text: &str| Message::new(Role::User, None, vec![Part::text(text)]);
            let chat = Chat { messages: vec![say(text)], ..Chat::default() };
            Chosen::from(Arc::new(Imported { source_id: None, position: 1, chat }))
        };
        let scanner = Scanner::new();
        let scanned =
            scan(&Scrubbers::new(None, false), texts.iter().map(chosen).collect()).unwrap();
        let (list, wants, applied) = (List::default(), Wants::default(), Applied::default());
        let mut desk = Self { policy, scanner, scanned, list, wants, applied };
        desk.apply();
        desk.list.order();
        desk
    }

    fn apply(&mut self) {
        let plan = Plan { policy: &self.policy, wants: &self.wants };
        self.applied = apply(&self.scanned, &plan, &mut self.list);
    }

    fn takes(&mut self, typed: &str) -> Result<(), Problem> {
        let change = change(typed, self.list.len()).map_err(Problem::Said)?;
        let taken = self.wants.take(&change, (&self.policy, &self.list, &self.scanner));
        self.apply();
        taken
    }

    fn types(&mut self, typed: &str) {
        self.takes(typed).unwrap();
    }

    /// What each chat would say, without those that are held back.
    fn shared(&self) -> Vec<&str> {
        self.applied
            .ready
            .iter()
            .map(|ready| ready.shared.chat.messages[0].parts[0].body())
            .collect()
    }

    /// What would be said of the first chat.
    fn counted(&self) -> Vec<(&str, u32, u32)> {
        let scrubbed = &self.applied.ready[0].scrubbed;
        scrubbed.iter().map(|s| (s.kind.as_str(), s.masked, s.kept)).collect()
    }
}

#[test]
fn a_community_decides_what_is_masked_and_the_member_has_the_last_word() {
    let policy = Policy { mask: vec!["ip".into()], ..Policy::preset(Preset::Open) };
    let mut desk = Desk::under(policy, &["ann@example.org, bob@example.org, 84.17.45.12"]);
    assert_eq!(desk.shared(), ["ann@example.org, bob@example.org, [IP_1]"]);
    desk.types("email");
    assert_eq!(desk.shared(), ["[EMAIL_1], [EMAIL_2], [IP_1]"]);
    assert_eq!(desk.counted(), [("email", 2, 0), ("ip", 1, 0)], "sorted, and without a value");
    desk.types("email");
    desk.types("ip");
    assert_eq!(desk.shared(), ["ann@example.org, bob@example.org, 84.17.45.12"]);
}

#[test]
fn single_values_are_kept_masked_or_put_in_own_words() {
    let mut desk = Desk::of(&[
        "Ann is ann@example.org, I am Dr. Ann Miller. bob@example.org is Bob, ANN@example.org too.",
        "Mail to Ann@example.org about Waldhof, and waldhof again, not the Waldhofs.",
    ]);
    let numbered: Vec<_> =
        desk.list.lines().map(|line| (line.number, line.kind, line.places)).collect();
    let (mail, person) = (Kind::Email, Kind::Person);
    assert_eq!(numbered, [(1, mail, 3), (2, mail, 1), (3, person, 1)], "one line for each value");
    desk.types("1");
    assert!(desk.shared()[0].starts_with("Ann is ann@example.org"), "{:?}", desk.shared());
    assert!(desk.shared()[0].contains("[EMAIL_1] is Bob"), "the other stays masked");
    assert!(desk.shared()[1].starts_with("Mail to Ann@example.org"), "kept in every chat");
    desk.types("1 = my sister");
    desk.types("mask 3");
    desk.types("mask Waldhof");
    assert_eq!(
        desk.shared(),
        [
            "Ann is my sister, I am Dr. [PERSON_1]. [EMAIL_1] is Bob, my sister too.",
            "Mail to my sister about [PRIVATE_1], and [PRIVATE_1] again, not the Waldhofs.",
        ]
    );
    assert_eq!(desk.counted(), [("email", 3, 0), ("person", 1, 0)], "own words are a mask, too");
    assert_eq!(desk.applied.ready[1].scrubbed.len(), 2, "{:?}", desk.applied.ready[1].scrubbed);
    let texts = desk.wants.texts();
    assert_eq!(longer(&desk.scanned, &texts), [("Waldhofs".to_owned(), 1)]);
    desk.types("4");
    assert!(desk.shared()[1].contains("about Waldhof,"), "numbers stay what they are");
    desk.types("4");
    assert!(desk.shared()[1].contains("about [PRIVATE_1],"), "and go both ways");
}

#[test]
fn a_text_that_was_found_elsewhere_is_of_the_kind_that_it_was_found_to_be() {
    let mut desk = Desk::of(&["I am Dr. Anna Petersen.", "petersen, ANNA: no. Anna  Petersen yes"]);
    desk.types("mask anna petersen");
    assert_eq!(desk.shared(), ["I am Dr. [PERSON_1].", "petersen, ANNA: no. [PERSON_1] yes"]);
    desk.types("mask no as address");
    assert_eq!(desk.shared()[1], "petersen, ANNA: [ADDRESS_1]. [PERSON_1] yes");
    assert_eq!(desk.takes("keep Otto"), Err(Problem::NotFound));
    assert!(desk.takes("mask \u{200b}").is_err(), "there is nothing to look for");
}

#[test]
fn own_words_are_looked_through_too() {
    let password = ["xK9", "mnq", "27!"].concat();
    let mut desk = Desk::of(&["Write to ann@example.org, or to ann@example.org"]);
    desk.types("1 = desk@example.net");
    assert_eq!(desk.shared(), ["Write to desk@example.net, or to desk@example.net"]);
    let line = desk.list.lines().next().unwrap();
    assert_eq!(line.holds, [Kind::Email], "it is pointed out");
    assert_eq!(desk.counted(), [("email", 2, 2)], "two were masked, two go out");
    let secret = desk.takes(&format!("1 = my password is {password}"));
    assert!(matches!(secret, Err(Problem::Said(_))), "a secret does not come in by the back door");
}

#[test]
fn secrets_hold_chats_back_until_they_are_masked_or_the_words_are_typed() {
    let password = |middle: &str| ["my password is xK9", middle, "27!"].concat();
    let mut desk = Desk::of(&[&password("mnq"), &password("pqr"), "Tea?"]);
    assert_eq!((desk.shared().len(), desk.applied.held.len()), (1, 2), "by default");
    desk.types("mask 2");
    assert_eq!(desk.shared(), ["my password is [PASSWORD_1]", "Tea?"]);
    let refused = desk.takes("keep 1").unwrap_err();
    let secrets = match refused {
        Problem::Secrets(secrets) => secrets,
        other => unreachable!("it is a secret: {other:?}"),
    };
    assert_eq!(desk.applied.held.len(), 1, "and stays one");
    desk.wants.share(secrets);
    desk.apply();
    assert!(desk.shared()[0].ends_with("mnq27!"), "this one alone: {:?}", desk.shared());
    assert!(desk.shared()[1].contains("[PASSWORD_1]"), "what is masked stays so");
    assert_eq!(desk.takes("keep password"), Err(Problem::SecretKind), "not in passing");
    desk.types("mask secrets");
    assert!(desk.shared()[0].contains("[PASSWORD_1]"), "every one, this too: {:?}", desk.shared());

    let mut desk = Desk::of(&[&password("mnq")]);
    desk.types("secrets");
    assert_eq!(desk.shared(), ["my password is [PASSWORD_1]"]);
    let mut desk = Desk::of(&[&password("mnq")]);
    assert!(desk.takes("share secrets").is_err(), "only the very words: {SHARE_SECRETS}");
    desk.wants.share_secrets();
    desk.apply();
    assert_eq!(desk.counted(), [("password", 0, 1)]);
}

#[test]
fn a_member_is_told_which_chats_will_wait_for_a_steward() {
    let (mask, flag) = (vec!["email".into()], vec!["person".into()]);
    let policy = Policy { mask, flag, ..Policy::preset(Preset::Open) };
    let texts = ["I am Dr. Anna Petersen.", "ann@example.org, 84.17.45.12", "Tea?"];
    let mut desk = Desk::under(policy, &texts);
    let mut waits = |typed: &str, chats: u64, why: &str| {
        desk.types(typed);
        assert_eq!(desk.applied.waiting, chats, "{typed}: {why}");
    };
    waits("keep ip", 1, "a name is pointed out, an address of a machine is nobody's business");
    waits("keep email", 2, "what the policy masks stays");
    waits("mask person", 1, "nothing is left in the first");
    waits("ann@example.org = my sister", 0, "nor in the second");
    waits("ann@example.org = me@example.org", 1, "own words hold one, too");
}

#[test]
fn a_secret_that_one_chat_announces_is_one_in_every_chat() {
    let password = ["xK9", "mnq", "27!"].concat();
    let announced = format!("my password is {password}");
    let bare = format!("Then {password} failed.");
    let mut desk = Desk::of(&[&announced, &bare, "Tea?"]);
    assert_eq!((desk.shared(), desk.applied.held.len()), (vec!["Tea?"], 2), "both are held back");
    desk.types("mask secrets");
    assert_eq!(desk.shared(), ["my password is [PASSWORD_1]", "Then [PASSWORD_1] failed.", "Tea?"]);
}

#[test]
fn what_was_said_beforehand_does_not_undo_what_is_said_since() {
    let mut desk = Desk::of(&["ann@example.org and Waldhof"]);
    let begin = |desk: &mut Desk| {
        for line in ["ann@example.org = a friend", "mask Waldhof", "keep email"] {
            let change = change(line, 0).unwrap();
            desk.wants.begin(&change, (&desk.policy, &desk.list, &desk.scanner)).unwrap();
        }
        desk.apply();
    };
    begin(&mut desk);
    assert_eq!(desk.shared(), ["a friend and [PRIVATE_1]"]);
    desk.types("keep ann@example.org");
    begin(&mut desk);
    assert_eq!(desk.shared(), ["ann@example.org and [PRIVATE_1]"]);
}

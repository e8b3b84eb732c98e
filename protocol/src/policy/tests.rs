use super::*;
use crate::statement::{Attribution, Consent};
use crate::time::{Day, Time};
use crate::{cbor, usage::VOCABULARY};

const PRESETS: [Preset; 3] = [Preset::Open, Preset::Research, Preset::Circle];

fn consent() -> Consent {
    Consent {
        licence: "CC-BY-4.0".into(),
        usage: String::new(),
        vocabulary: VOCABULARY.into(),
        attribution: Attribution::None,
        due: None,
    }
}

fn now() -> Time {
    Time::from_ms(20_000 * 86_400_000 + 5).unwrap()
}

fn sentences(policy: &Policy, consent: &Consent, plain_bytes: u64) -> Vec<String> {
    let decision = decide(policy, &Request::Contribute { consent, plain_bytes }, now());
    decision.reasons.iter().map(ToString::to_string).collect()
}

#[test]
fn presets_are_valid_and_know_their_licences() {
    for preset in PRESETS {
        let policy = Policy::preset(preset);
        assert_eq!(policy.validate(), Ok(()), "{preset:?}");
        assert!(policy.unknown_licences().is_empty(), "{preset:?}");
        assert_eq!(cbor::from_slice(&cbor::to_vec(&policy)), Ok(policy));
    }
}

#[test]
fn a_refusal_is_a_sentence_for_whoever_asked() {
    let open = Policy::preset(Preset::Open);
    assert!(sentences(&open, &consent(), 1000).is_empty());
    let strange = Consent { licence: "MIT".into(), ..consent() };
    assert_eq!(
        sentences(&open, &strange, 1000),
        ["The licence MIT is not one that this community accepts \
          (CC-BY-4.0, CC-BY-SA-4.0, CC0-1.0)."]
    );
    let no_training = Consent { usage: "train-ai=n".into(), ..consent() };
    assert_eq!(
        sentences(&Policy::preset(Preset::Research), &no_training, 17 << 20),
        [
            "Your usage preference says train-ai=n, and this community takes only chats that \
             leave train-ai open.",
            "The chat has 17825792 bytes; this community takes chats of at most 16777216."
        ]
    );
    let circle = Policy::preset(Preset::Circle);
    assert_eq!(
        sentences(&circle, &consent(), 1),
        ["This community holds chats for at most 365 days, so your chat needs a last day: \
          2025-10-04 or earlier."]
    );
    let over = Consent { due: Some(Day(19_999)), ..consent() };
    assert_eq!(
        sentences(&circle, &over, 1),
        ["The last day you chose, 2024-10-03, is already over."]
    );
    let last = Consent { due: Some(Day(20_365)), ..consent() };
    assert!(sentences(&circle, &last, 1).is_empty(), "the last day allowed");
    let late = Consent { due: Some(Day(20_366)), ..consent() };
    assert_eq!(sentences(&circle, &late, 1).len(), 1);
}

#[test]
fn what_cannot_be_read_is_refused_before_it_is_signed() {
    let open = Policy::preset(Preset::Open);
    let mistyped =
        Consent { licence: "CC-BUY-4.0".into(), usage: "train-ai=n,".into(), ..consent() };
    let said = sentences(&open, &mistyped, 1);
    assert!(said[0].contains("\"CC-BUY-4.0\" is not a licence of the SPDX list"), "{said:?}");
    assert!(said.iter().any(|s| s.contains("cannot be read: expected a label")), "{said:?}");
}

#[test]
fn who_may_join_replicate_and_read() {
    let key = PublicKey([7; 32]);
    let allowed = |policy: &Policy, request| decide(policy, &request, now()).is_allowed();
    let read = |is_member, is_replica| Request::Read { key, is_member, is_replica };
    let open = Policy::preset(Preset::Open);
    assert!(allowed(&open, read(false, false)));
    assert!(allowed(&open, Request::Replicate { key }));
    assert!(!allowed(&open, Request::Join { invited: false }));
    assert!(allowed(&open, Request::Join { invited: true }));
    let circle = Policy::preset(Preset::Circle);
    assert!(!allowed(&circle, read(false, false)));
    assert!(allowed(&circle, read(true, false)));
    assert!(allowed(&circle, read(false, true)));
    assert!(!allowed(&circle, Request::Replicate { key }));
    let listed = Policy { replica_keys: vec![key], ..circle };
    assert!(allowed(&listed, Request::Replicate { key }));
    let sealed = Policy { readers: ReaderRule::Sealed, join: JoinRule::Closed, ..open };
    assert!(!allowed(&sealed, read(true, true)));
    assert!(!allowed(&sealed, Request::Join { invited: true }));
}

#[test]
fn a_policy_file_may_leave_out_what_is_empty() {
    let text = r#"{
        "title": "Ours", "purpose": "", "licences": ["CC0-1.0"], "chat-bytes-max": 1000,
        "join": "open", "replicas": "listed", "readers": "peers",
        "head-age-max-secs": 60, "erase-within-secs": 3600
    }"#;
    let policy: Policy = serde_json::from_str(text).unwrap();
    assert_eq!(policy.validate(), Ok(()));
    assert!(policy.must_allow.is_empty() && policy.age_days_max.is_none());
    let mistyped = text.replace("chat-bytes-max", "chat-byte-max");
    assert!(serde_json::from_str::<Policy>(&mistyped).is_err(), "a mistyped field is no default");
}

#[test]
fn each_rule_of_form_names_its_field() {
    let broken = |field: &str, change: &dyn Fn(&mut Policy)| {
        let mut policy = Policy::preset(Preset::Open);
        change(&mut policy);
        assert_eq!(policy.validate().unwrap_err().field, field);
    };
    broken("title", &|p| p.title = "two\nlines".into());
    broken("purpose", &|p| p.purpose = "x".repeat(5000));
    broken("licences", &|p| p.licences = vec!["MIT OR ISC".into()]);
    broken("licences", &|p| p.licences = vec!["MIT".into(), "MIT".into()]);
    broken("usage", &|p| p.usage = "train-ai=n,".into());
    broken("must_allow", &|p| p.must_allow = vec!["Train".into()]);
    broken("must_allow", &|p| {
        p.must_allow = vec!["train-ai".into()];
        p.usage = "train-genai=n".into();
    });
    broken("age_days_max", &|p| p.age_days_max = Some(0));
    broken("chat_bytes_max", &|p| p.chat_bytes_max = u64::MAX);
    broken("head_age_max_secs", &|p| p.head_age_max_secs = 0);
    broken("erase_within_secs", &|p| p.erase_within_secs = u64::MAX);
}

#[test]
fn a_policy_in_plain_words_and_what_changed() {
    let (open, circle) = (Policy::preset(Preset::Open), Policy::preset(Preset::Circle));
    let said = open.sentences().join("\n");
    assert!(said.contains("A chat has at most 16 MiB."), "{said}");
    assert!(said.contains("erases a withdrawn one within 7 days"), "{said}");
    assert!(said.contains("within the last 1 day."), "{said}");
    assert!(open.diff(&open).is_empty());
    let changed = open.diff(&circle);
    assert!(changed.contains(&"- Anyone who accepts this policy may read the chats.".to_owned()));
    assert!(
        changed.contains(&"+ Only members and partner nodes may read the chats.".to_owned()),
        "{changed:?}"
    );
    let key = PublicKey([7; 32]);
    let listed = Policy { replica_keys: vec![key], ..circle.clone() };
    assert!(circle.diff(&listed).contains(&format!("+ Partner node: {key}")));
}

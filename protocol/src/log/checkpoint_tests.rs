use super::*;

fn log_key() -> SecretKey {
    SecretKey::from_bytes([1; 32])
}

fn community() -> CommunityId {
    CommunityId(SecretKey::from_bytes([2; 32]).public())
}

fn at(secs: u64) -> Time {
    Time::from_ms(secs * 1000).unwrap()
}

fn head() -> SignedCheckpoint {
    let root = TreeHash([7; 32]);
    let checkpoint = Checkpoint { community: community(), epoch: 3, size: 5, root };
    SignedCheckpoint::sign(checkpoint, &log_key(), Time::from_ms(1_800_000_000_999).unwrap())
}

fn verify(text: &str) -> Result<SignedCheckpoint, CheckpointError> {
    SignedCheckpoint::verify(text, &community(), 3, &log_key().public())
}

#[test]
fn what_was_signed_verifies_to_itself() {
    let head = head();
    assert_eq!(head.cosigned_at(), at(1_800_000_000), "a cosignature has whole seconds");
    assert_eq!(UnverifiedCheckpoint::parse(&head.text()).unwrap().text(), head.text());
    assert_eq!(verify(&head.text()), Ok(head));
}

/// The base64 of 32 bytes, padded in the middle: found by fuzzing.
#[test]
fn a_root_in_two_padded_pieces_is_refused() {
    let text = head().text();
    let root = BASE64.encode(&[7; 32]);
    let pieces = BASE64.encode(&[7; 1]) + &BASE64.encode(&[7; 31]);
    assert!(text.contains(&root), "else this tests nothing");
    let changed = text.replacen(&root, &pieces, 1);
    assert_eq!(UnverifiedCheckpoint::parse(&changed), Err(ParseCheckpointError::Root));
}

#[test]
fn every_single_bit_counts() {
    let good = head().text();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone().into_bytes();
        bad[bit / 8] ^= 1 << (bit % 8);
        let refused = String::from_utf8(bad).map_or(true, |text| verify(&text).is_err());
        assert!(refused, "bit {bit} was flipped and not noticed");
    }
}

#[test]
fn another_log_or_key_is_refused() {
    let text = head().text();
    let other = SecretKey::from_bytes([9; 32]).public();
    assert!(matches!(
        SignedCheckpoint::verify(&text, &community(), 4, &log_key().public()),
        Err(CheckpointError::OtherLog { .. })
    ));
    assert!(matches!(
        SignedCheckpoint::verify(&text, &CommunityId(other), 3, &log_key().public()),
        Err(CheckpointError::OtherLog { .. })
    ));
    assert_eq!(
        SignedCheckpoint::verify(&text, &community(), 3, &other),
        Err(CheckpointError::SignatureCount(0))
    );
}

#[test]
fn both_lines_of_the_log_key_are_needed_once() {
    let note = Note::parse(&head().text()).unwrap();
    let with = |lines: &[usize]| {
        let signatures = lines.iter().map(|n| note.signatures[*n].clone()).collect();
        verify(&Note { body: note.body.clone(), signatures }.to_text())
    };
    let missing = CheckpointError::SelfCosignature(CosignatureError::Count(0));
    assert_eq!(with(&[0]), Err(missing));
    assert_eq!(with(&[1]), Err(CheckpointError::SignatureCount(0)));
    assert_eq!(with(&[0, 0, 1]), Err(CheckpointError::SignatureCount(2)));
    assert!(with(&[1, 0]).is_ok(), "the order of signature lines means nothing");
}

#[test]
fn bodies_have_one_form() {
    let body = head().checkpoint().body();
    let parse = Checkpoint::parse;
    assert_eq!(parse(&body), Ok(head().checkpoint().clone()));
    assert_eq!(parse(&format!("{body}more\n")), Err(ParseCheckpointError::Lines(4)));
    assert_eq!(parse(&body.replace("\n5\n", "\n05\n")), Err(ParseCheckpointError::Size));
    assert_eq!(parse(&body.replace("\n5\n", "\n+5\n")), Err(ParseCheckpointError::Size));
    let beyond = format!("\n{}\n", LOG_ENTRIES_MAX + 1);
    assert_eq!(parse(&body.replace("\n5\n", &beyond)), Err(ParseCheckpointError::Size));
    assert_eq!(parse(&body.replace("/3\n", "/03\n")), Err(ParseCheckpointError::Origin));
    assert_eq!(parse(&body.replace("sheaf.", "leaf.")), Err(ParseCheckpointError::Origin));
    assert_eq!(parse(&body.replace("=\n", "\n")), Err(ParseCheckpointError::Root));
    assert_eq!(parse(&body.replace("\n5\n", "\n0\n")), Err(ParseCheckpointError::Root));
}

#[test]
fn cosigners_add_lines_that_others_may_ignore() {
    let (name, witness) = ("witness.example/w1", SecretKey::from_bytes([4; 32]));
    let key = witness.public();
    let head = head();
    assert_eq!(head.verify_cosignature(name, &key), Err(CosignatureError::Count(0)));
    let once = head.cosign(name, &witness, at(1_800_000_100)).unwrap();
    let twice = once.cosign(name, &witness, at(1_800_000_200)).unwrap();
    assert_eq!(once.verify_cosignature(name, &key), Ok(at(1_800_000_100)));
    assert_eq!(twice.verify_cosignature(name, &key), Ok(at(1_800_000_200)), "it was renewed");
    assert_eq!(verify(&twice.text()), Ok(twice.clone()));
    assert_eq!(head.cosign("a b", &witness, at(1)), Err(CosignError::Name));
    assert_eq!(head.cosign(&head.checkpoint().origin(), &witness, at(1)), Err(CosignError::Name));
}

#[test]
fn a_full_checkpoint_takes_no_more_lines() {
    let mut full = head();
    for n in 2..CHECKPOINT_SIGNATURES_MAX as u8 {
        full = full.cosign("w.example", &SecretKey::from_bytes([n; 32]), at(1)).unwrap();
    }
    let one_more = full.cosign("w.example", &SecretKey::from_bytes([99; 32]), at(1));
    assert_eq!(one_more, Err(CosignError::Full));
    assert!(verify(&full.text()).is_ok());
}

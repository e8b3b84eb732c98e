//! `docs/spec/keys.md`: derivation, recovery words, strict verification.

use crate::vector::{self, Draft, Input, Outcome, accept, reject, to_hex};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::sign::{SecretKey, Seed, Signature};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "derive" => Some(derive(input)),
        "words" => Some(words(input)),
        "verify" => Some(verify(input)),
        _ => None,
    }
}

/// `seed`, `community`, `counter` → the three derived keys.
fn derive(input: &Input<'_>) -> Outcome {
    let seed = Seed::from_bytes(input.fixed("seed"));
    let community: CommunityId = input.text("community").parse().unwrap();
    let key = |key: SecretKey| json!({ "secret": to_hex(*key.to_bytes()), "public": key.public() });
    Ok(json!({
        "member": key(seed.member_key(&community)),
        "control": key(seed.control_key(&community, input.uint("counter"))),
        "operator": key(seed.operator_key()),
    }))
}

/// `words` → the seed.
fn words(input: &Input<'_>) -> Outcome {
    let seed = Seed::from_words(input.text("words")).map_err(|e| e.to_string())?;
    Ok(json!({ "seed": to_hex(*seed.to_bytes()) }))
}

/// `key`, `message`, `signature` → nothing but acceptance.
fn verify(input: &Input<'_>) -> Outcome {
    let key = PublicKey(input.fixed("key"));
    let signature = Signature(input.fixed("signature"));
    key.verify(&input.hex("message"), &signature).map_err(|e| e.to_string())?;
    Ok(json!({}))
}

#[test]
#[ignore = "rewrites docs/spec/vectors/*/keys-*.json"]
fn write_keys_vectors() {
    vector::rewrite("keys", &[derive_drafts(), words_drafts(), verify_drafts()].concat());
}

fn derive_drafts() -> Vec<Draft> {
    let community = |n| CommunityId(SecretKey::from_bytes([n; 32]).public());
    let input = |seed: [u8; 32], community: CommunityId, counter: u64| json!({ "seed": to_hex(seed), "community": community, "counter": counter });
    let counting = std::array::from_fn(|n| n as u8);
    vec![
        accept("derive", "derive", "the first control key", input(counting, community(2), 0)),
        accept("derive-next", "derive", "the next control key", input(counting, community(2), 1)),
        accept(
            "derive-other-community",
            "derive",
            "nothing links two communities; the operator key is of the seed alone",
            input(counting, community(3), 0),
        ),
        accept("derive-zero", "derive", "a seed of zeros", input([0; 32], community(2), 256)),
    ]
}

/// The page shows the derived keys as the code makes them.
#[test]
fn the_page_shows_what_the_code_does() {
    let page = include_str!("../../../docs/spec/keys.md");
    let seed = Seed::from_bytes(std::array::from_fn(|n| n as u8));
    let community = CommunityId(SecretKey::from_bytes([2; 32]).public());
    assert!(page.contains(seed.to_words().as_str()) && page.contains(&community.to_string()));
    for key in [seed.member_key(&community), seed.control_key(&community, 0), seed.operator_key()] {
        let row =
            format!("secret `{}`, public `{}`", HEXLOWER.encode(&*key.to_bytes()), key.public());
        assert!(page.contains(&row), "docs/spec/keys.md should show: {row}");
    }
}

fn words_drafts() -> Vec<Draft> {
    let counting = Seed::from_bytes(std::array::from_fn(|n| n as u8)).to_words().to_string();
    let input = |words: &str| json!({ "words": words });
    let (first, last) = (counting.split(' ').next().unwrap(), counting.rsplit_once(' ').unwrap().0);
    let zeros = "abandon ".repeat(23) + "art";
    vec![
        accept("words", "words", "the seed 00 01 … 1f", input(&counting)),
        accept("words-zeros", "words", "the vector of BIP-39 for 32 zeros", input(&zeros)),
        accept(
            "words-case-and-space",
            "words",
            "letter case and spacing mean nothing",
            input(&format!("  {}\n", counting.to_uppercase().replace(' ', "\n"))),
        ),
        reject("words-23", "words", "a word is missing", input(last)),
        reject(
            "words-12",
            "words",
            "BIP-39 knows 12 words, a seed does not",
            input(&("abandon ".repeat(11) + "about")),
        ),
        reject(
            "words-unknown",
            "words",
            "a word that is not in the list",
            input(&counting.replacen(first, "sheaf", 1)),
        ),
        reject("words-checksum", "words", "the last word is wrong", input(&format!("{last} zoo"))),
    ]
}

/// RFC 8032 §7.1, test 2: a message of one byte.
const KEY: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
    085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

fn verify_drafts() -> Vec<Draft> {
    let input = |key: &str, message: &str, signature: &str| -> Value {
        json!({ "key": key, "message": message, "signature": signature })
    };
    let (r, s) = SIGNATURE.split_at(64);
    let plus_order = HEXLOWER.encode(&add_order(HEXLOWER.decode(s.as_bytes()).unwrap()));
    let neutral = format!("01{}", "00".repeat(31));
    let order_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let not_canonical = format!("ee{}7f", "ff".repeat(30));
    let (zero, not_point) = ("00".repeat(32), format!("02{}", "00".repeat(31)));
    vec![
        accept("verify", "verify", "RFC 8032 §7.1, test 2", input(KEY, "72", SIGNATURE)),
        reject("verify-other-message", "verify", "another message", input(KEY, "73", SIGNATURE)),
        reject("verify-other-key", "verify", "another key", input(order_8, "72", SIGNATURE)),
        reject(
            "verify-s-plus-order",
            "verify",
            "S is not below the group order: RFC 8032 §5.1.7",
            input(KEY, "72", &format!("{r}{plus_order}")),
        ),
        reject(
            "verify-small-order-key",
            "verify",
            "the neutral point as key: R = 1, S = 0 would fit every message",
            input(&neutral, "72", &format!("{neutral}{zero}")),
        ),
        reject(
            "verify-key-not-canonical",
            "verify",
            "the neutral point with y = 2^255 − 18 instead of 1",
            input(&not_canonical, "72", &format!("{neutral}{zero}")),
        ),
        reject(
            "verify-key-not-a-point",
            "verify",
            "no point of the curve",
            input(&not_point, "72", SIGNATURE),
        ),
        reject(
            "verify-small-order-r",
            "verify",
            "R of small order",
            input(KEY, "72", &format!("{neutral}{s}")),
        ),
        reject(
            "verify-torsioned-key",
            "verify",
            "the key has a part of order 8: the equation holds only when multiplied by the cofactor",
            input(TORSIONED[0], "72", TORSIONED[1]),
        ),
    ]
}

/// A key A + T with T of order 8, and a signature under it of the message `72`.
const TORSIONED: [&str; 2] = [
    "9ea3f11f5bd34f0cd7147fd0a436c088f624c6100c1df6a53c0a29e05d60cea0",
    "65751ac18bb786f7598e48e6a467269f9cb52a50e773b2cb7d17c7568921e33d\
     6c0f5e7a8d869ddc64646dc98c985d3af791bf20414edd1f10757475ad08620e",
];

fn add_order(mut number: Vec<u8>) -> Vec<u8> {
    let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let mut carry = 0;
    for (byte, add) in number.iter_mut().zip(HEXLOWER.decode(order.as_bytes()).unwrap()) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry as u8;
        carry >>= 8;
    }
    number
}

//! `docs/spec/keys.md`: derivation, recovery words, strict verification.

mod points;

use crate::vector::{Draft, Input, Outcome, accept, reject, to_hex};
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

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    [derive_drafts(), words_drafts(), verify_drafts(), points::drafts()].concat()
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
        reject("words-25", "words", "a word too many", input(&format!("{counting} zoo"))),
        reject("words-none", "words", "no words", input("")),
        reject(
            "words-swapped",
            "words",
            "two words in each other's place",
            input(&counting.replacen("amount liar", "liar amount", 1)),
        ),
        reject(
            "words-short",
            "words",
            "the first four letters are not the word",
            input(&counting.replacen("adjust", "adju", 1)),
        ),
        reject(
            "words-language",
            "words",
            "words of another language's list",
            input(&counting.replacen(first, "ábaco", 1)),
        ),
        reject(
            "words-comma",
            "words",
            "only white space divides words",
            input(&counting.replace(' ', ", ")),
        ),
        reject("words-checksum", "words", "the last word is wrong", input(&format!("{last} zoo"))),
    ]
}

/// RFC 8032 §7.1, test 2: a message of one byte.
const KEY: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const MESSAGE: &str = "72";
const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
    085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

fn verify_drafts() -> Vec<Draft> {
    let input = |key: &str, message: &str, signature: &str| -> Value {
        json!({ "key": key, "message": message, "signature": signature })
    };
    let (r, s) = SIGNATURE.split_at(64);
    let signed = |r: &str, s: &str| input(KEY, MESSAGE, &format!("{r}{s}"));
    let plus_order = HEXLOWER.encode(&add_order(HEXLOWER.decode(s.as_bytes()).unwrap()));
    let high_bit = format!("{}80", &s[..62]);
    let not_point = format!("02{}", "00".repeat(31));
    let flipped =
        |hex: &str| format!("{:02x}{}", u8::from_str_radix(&hex[..2], 16).unwrap() ^ 1, &hex[2..]);
    let flipped_sign = format!("{}8c", &KEY[..62]);
    let refused = [
        ("verify-other-message", "another message", input(KEY, "73", SIGNATURE)),
        ("verify-empty-message", "no message", input(KEY, "", SIGNATURE)),
        ("verify-longer-message", "a zero byte more", input(KEY, "7200", SIGNATURE)),
        (
            "verify-other-key",
            "another key",
            input(
                &SecretKey::from_bytes([5; 32]).public().0.map(|b| format!("{b:02x}")).concat(),
                MESSAGE,
                SIGNATURE,
            ),
        ),
        ("verify-key-sign", "the point −A", input(&flipped_sign, MESSAGE, SIGNATURE)),
        ("verify-other-r", "one bit of R", signed(&flipped(r), s)),
        ("verify-other-s", "one bit of S", signed(r, &flipped(s))),
        ("verify-halves-swapped", "S and R in the wrong order", signed(s, r)),
        (
            "verify-s-plus-order",
            "S is not below the group order: RFC 8032 §5.1.7",
            signed(r, &plus_order),
        ),
        ("verify-s-high-bit", "the highest bit of S is set", signed(r, &high_bit)),
        (
            "verify-key-not-a-point",
            "the key is no point of the curve",
            input(&not_point, MESSAGE, SIGNATURE),
        ),
        ("verify-r-not-a-point", "R is no point of the curve", signed(&not_point, s)),
    ];
    let refused = refused.into_iter().map(|(name, why, input)| reject(name, "verify", why, input));
    let good = accept("verify", "verify", "RFC 8032 §7.1, test 2", input(KEY, MESSAGE, SIGNATURE));
    [good].into_iter().chain(refused).collect()
}

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

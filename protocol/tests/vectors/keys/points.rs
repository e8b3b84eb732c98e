//! Keys and signatures of small order, and with a part of small order, made so that a verifier
//! which leaves out one check accepts them.

use super::MESSAGE;
use crate::vector::{Draft, accept, reject};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::{EdwardsPoint, Scalar};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

/// Every encoding that a lax decoder reads as a point of small order: the list of `keys.md`, each
/// with what it is.
const SMALL_ORDER: [(&str, &str); 14] = [
    ("0100000000000000000000000000000000000000000000000000000000000000", "the neutral point"),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "of order 2"),
    ("0000000000000000000000000000000000000000000000000000000000000000", "of order 4"),
    ("0000000000000000000000000000000000000000000000000000000000000080", "of order 4"),
    ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "of order 8"),
    ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "of order 8"),
    ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "of order 8"),
    ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "of order 8"),
    ("0100000000000000000000000000000000000000000000000000000000000080", "x = 0 with a sign"),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "x = 0 with a sign"),
    ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "y = p for 0"),
    ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "y = p for 0"),
    ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "y = p + 1 for 1"),
    ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "y = p + 1 for 1"),
];

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let keys = SMALL_ORDER.iter().enumerate().map(|(n, (hex, what))| {
        let why = format!("a key of small order ({what}), under which anyone signs");
        reject(format!("verify-small-order-key-{n}"), "verify", why, under_small_order(&point(hex)))
    });
    let rs = SMALL_ORDER.iter().take(8).enumerate().map(|(n, (hex, what))| {
        let why = format!("R of small order ({what}), though the equation holds");
        reject(format!("verify-small-order-r-{n}"), "verify", why, with_small_order_r(&point(hex)))
    });
    keys.chain(rs).chain(torsioned()).collect()
}

/// Points with a part of small order: what counts is the equation without the cofactor.
fn torsioned() -> Vec<Draft> {
    let refused = |name, why, signed| reject(name, "verify", why, signed);
    let accepted = |name, why, signed| accept(name, "verify", why, signed);
    vec![
        refused(
            "verify-torsioned-key",
            "the key has a part of order 8: the equation holds only when multiplied by the cofactor",
            forged(1, |k| (0, k % 8 != 0)),
        ),
        refused(
            "verify-torsioned-key-order-2",
            "the key has a part of order 2: the equation holds only when multiplied by the cofactor",
            forged(4, |k| (0, k % 2 != 0)),
        ),
        refused(
            "verify-torsioned-r",
            "R has a part of order 8: the equation holds only when multiplied by the cofactor",
            forged(0, |_| (1, true)),
        ),
        refused(
            "verify-torsioned-both",
            "key and R have parts of order 8 that do not cancel",
            forged(1, |k| (1, (1 + k) % 8 != 0)),
        ),
        accepted(
            "verify-torsioned-key-exact",
            "the key has a part of order 8 that vanishes: the equation holds exactly",
            forged(1, |k| (0, k % 8 == 0)),
        ),
        accepted(
            "verify-torsioned-both-exact",
            "key and R have parts of order 8 that cancel: the equation holds exactly",
            forged(1, |k| (1, (1 + k) % 8 == 0)),
        ),
    ]
}

fn point(hex: &str) -> [u8; 32] {
    HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
}

/// A signature under a key that has no secret: S = r, for an R = \[r\]B with \[k\]A neutral.
fn under_small_order(key: &[u8; 32]) -> Value {
    let fits = |r: &Scalar| {
        let commitment = EdwardsPoint::mul_base(r).compress().0;
        challenge(&commitment, key).as_bytes()[0].is_multiple_of(8).then_some((commitment, *r))
    };
    let (commitment, r) = scalars().find_map(|r| fits(&r)).unwrap();
    input(key, &commitment, &r)
}

/// A signature whose R is of small order: S = \[k\]a, under a key whose own part of small order
/// cancels R.
fn with_small_order_r(r: &[u8; 32]) -> Value {
    let place = EIGHT_TORSION.iter().position(|torsion| torsion.compress().0 == *r).unwrap() as u8;
    let fits = |a: &Scalar| {
        let key = (EdwardsPoint::mul_base(a) + EIGHT_TORSION[1]).compress().0;
        let k = challenge(r, &key);
        k.as_bytes()[0].wrapping_add(place).is_multiple_of(8).then_some((key, k * a))
    };
    let (key, s) = scalars().find_map(|a| fits(&a)).unwrap();
    input(&key, r, &s)
}

/// A signature by a key A + T. `choose` tells from the challenge which multiple of the point of
/// order 8 is in R, and whether this challenge will do.
fn forged(torsion: usize, choose: impl Fn(u8) -> (usize, bool)) -> Value {
    let secret = Scalar::from(7_u8);
    let key = (EdwardsPoint::mul_base(&secret) + EIGHT_TORSION[torsion]).compress().0;
    let fits = |r: &Scalar| {
        let (place, _) = choose(0);
        let commitment = (EdwardsPoint::mul_base(r) + EIGHT_TORSION[place]).compress().0;
        let k = challenge(&commitment, &key);
        choose(k.as_bytes()[0] % 8).1.then_some((commitment, r + k * secret))
    };
    let (commitment, s) = scalars().find_map(|r| fits(&r)).unwrap();
    input(&key, &commitment, &s)
}

fn scalars() -> impl Iterator<Item = Scalar> {
    (1_u32..).map(Scalar::from)
}

/// The number k of RFC 8032 §5.1.7 for [`MESSAGE`].
fn challenge(r: &[u8; 32], key: &[u8; 32]) -> Scalar {
    let message = HEXLOWER.decode(MESSAGE.as_bytes()).unwrap();
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message).finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

fn input(key: &[u8; 32], r: &[u8; 32], s: &Scalar) -> Value {
    let hex = |bytes: &[u8; 32]| HEXLOWER.encode(bytes);
    let signature = hex(r) + &hex(s.as_bytes());
    json!({ "key": hex(key), "message": MESSAGE, "signature": signature })
}

/// The page lists the encodings, and the equation holds for what is refused: only the rule that a
/// vector is about refuses it.
#[test]
fn the_page_lists_small_order_and_the_equation_holds() {
    let page = include_str!("../../../../docs/spec/keys.md");
    for (hex, _) in SMALL_ORDER {
        assert!(page.contains(hex), "docs/spec/keys.md should list {hex}");
    }
    for torsion in EIGHT_TORSION {
        let hex = HEXLOWER.encode(&torsion.compress().0);
        assert!(SMALL_ORDER.iter().any(|(listed, _)| *listed == hex), "{hex}");
    }
    for draft in drafts() {
        let bytes =
            |name: &str| HEXLOWER.decode(draft.input[name].as_str().unwrap().as_bytes()).unwrap();
        let (key, signature): ([u8; 32], [u8; 64]) =
            (bytes("key").try_into().unwrap(), bytes("signature").try_into().unwrap());
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
        let signature = ed25519_dalek::Signature::from_bytes(&signature);
        let lax = ed25519_dalek::Verifier::verify(&key, &bytes("message"), &signature).is_ok();
        let exact = !draft.name.contains("torsioned") || draft.name.ends_with("exact");
        assert_eq!(lax, exact, "{}", draft.name);
    }
}

//! The seeds that fuzzing begins with: the vectors of the specification, to accept and to refuse,
//! brought into the shape that the targets read, and a few values of kinds that have no vectors.

#[path = "seeds/packed.rs"]
mod packed;

use crate::targets::{TARGETS, community, imports, key, scrub};
use data_encoding::HEXLOWER;
use serde_json::Value;
use sheaf_protocol::cbor::{self, Writer};
use sheaf_protocol::community::Community;
use sheaf_protocol::exchange::{NodeStatus, StewardReply};
use sheaf_protocol::id::{PublicKey, TreeHash};
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::seal;
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{Invitation, InvitationUse, Statement};
use sheaf_protocol::time::Time;
use std::path::Path;
use std::{fs, io};

/// One input, for the decoder of this name.
#[derive(Debug)]
pub struct Seed {
    /// Of [`crate::targets::Decoder`].
    pub decoder: &'static str,
    /// The input, without the byte that chooses the decoder.
    pub input: Vec<u8>,
}

/// Every seed, as target, name of the decoder, and input with the byte that chooses it.
///
/// # Errors
/// If a vector below `repository` cannot be read.
pub fn all(repository: &Path) -> io::Result<Vec<(&'static str, &'static str, Vec<u8>)>> {
    let mut found = Vec::new();
    for folder in ["accept", "reject"] {
        for entry in fs::read_dir(repository.join("docs/spec/vectors").join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let vector: Value = serde_json::from_slice(&fs::read(&path)?)?;
                found.extend(of_vector(&vector));
            }
        }
    }
    for name in ["everyday.json", "learning.json", "work.jsonl"] {
        found.extend(of_sample(&fs::read(repository.join("node/samples").join(name))?));
    }
    found.extend(imports::RECORDS.iter().zip(0_u8..).flat_map(|(record, n)| of_record(record, n)));
    found.extend(packed::all());
    found.extend(scrub::seeds().into_iter().map(|(decoder, input)| seed(decoder, input)));
    found.extend(of_our_own());
    Ok(found.into_iter().flat_map(placed).collect())
}

/// The target that has the seed's decoder, and the seed with its selecting byte.
fn placed(seed: Seed) -> Option<(&'static str, &'static str, Vec<u8>)> {
    TARGETS.iter().find_map(|(target, decoders)| {
        let selector = decoders.iter().position(|decoder| decoder.name == seed.decoder)?;
        let selector = u8::try_from(selector).ok()?;
        Some((
            *target,
            decoders[usize::from(selector)].name,
            [&[selector], &seed.input[..]].concat(),
        ))
    })
}

fn seed(decoder: &'static str, input: impl Into<Vec<u8>>) -> Seed {
    Seed { decoder, input: input.into() }
}

/// The seeds that one vector gives.
fn of_vector(vector: &Value) -> Vec<Seed> {
    let input = &vector["input"];
    let text = |name: &str| input[name].as_str().unwrap_or_default().as_bytes().to_vec();
    let hex = |name: &str| HEXLOWER.decode(&text(name)).unwrap_or_default();
    let format = vector["format"].as_str().unwrap_or_default();
    match format {
        "chat/cbor" => vec![seed("chat/cbor", hex("cbor")), seed("seal/plain", hex("cbor"))],
        "chat/json" => vec![seed("chat/json", input["json"].to_string())],
        "statement/signed" => statement(&hex("statement")),
        "statement/entry" => statement(&hex("statement")),
        "statement/invitation" => vec![seed("statement/invitation", text("line"))],
        "community/fold" => log(input),
        "policy/licence" => vec![seed("policy/licence", text("expression"))],
        "policy/usage" => vec![seed("policy/usage", text("raw"))],
        "keys/words" => vec![seed("keys/words", text("words"))],
        "keys/verify" => {
            let parts = [hex("key"), hex("signature"), hex("message")];
            vec![seed("keys/verify", parts.concat())]
        }
        "log/checkpoint" | "log/cosignature" => vec![seed("log/checkpoint", text("text"))],
        "log/inclusion" => {
            vec![proof(input, "log/inclusion", ["size", "index", "leaf_hash", "root"])]
        }
        "log/consistency" => {
            let names = ["new_size", "old_size", "old_root", "new_root"];
            vec![proof(input, "log/consistency", names)]
        }
        "dataset/lock" => {
            let text = text("text");
            vec![seed("dataset/lock-fields", lock_fields(&text)), seed("dataset/lock", text)]
        }
        "dataset/row" => {
            vec![seed("json/canonical", text("line")), seed("dataset/row", text("line"))]
        }
        "dataset/row-ref" => vec![seed("dataset/row-ref", text("line"))],
        "dataset/sequence" => vec![seed("dataset/sequence", hex("file"))],
        "dataset/record" => vec![seed("dataset/record", hex("record"))],
        "dataset/select" => vec![seed("dataset/recipe", input["recipe"].to_string())],
        "seal/blob" => sealed(input, &hex("blob")),
        _ => plainly(format, input),
    }
}

/// Formats whose decoder has their name and whose input is one value.
fn plainly(format: &str, input: &Value) -> Vec<Seed> {
    let names = TARGETS.iter().flat_map(|(_, decoders)| decoders.iter().map(|d| d.name));
    let Some(decoder) = names.into_iter().find(|name| *name == format) else { return Vec::new() };
    let member = |name| input[name].as_str();
    let hex = member("bytes").or_else(|| member("message")).map(str::as_bytes);
    match (hex.and_then(|hex| HEXLOWER.decode(hex).ok()), member("text")) {
        (Some(bytes), _) => vec![seed(decoder, bytes)],
        (None, Some(text)) => vec![seed(decoder, text)],
        (None, None) => Vec::new(),
    }
}

/// A signed statement, and its content without the signature.
fn statement(bytes: &[u8]) -> Vec<Seed> {
    let mut seeds = vec![seed("statement/signed", bytes)];
    let Ok(signed) = Signed::<Statement>::verify(bytes) else { return seeds };
    let content = cbor::to_vec(signed.content());
    if let Some((kind, body)) = kind_and_body(&content) {
        let body = [&[kind], &body[..]].concat();
        if kind == 5 {
            seeds.push(seed("statement/manifest", &body[1..]));
        }
        if kind == 2 {
            seeds.push(seed("policy/document", &body[1..]));
        }
        seeds.push(seed("statement/body", body));
    }
    for code in [1, 2] {
        let mut w = Writer::default();
        w.array(2);
        w.uint(code);
        w.bytes(bytes);
        seeds.push(seed("community/explanation", w.into_bytes()));
    }
    seeds.push(seed("statement/content", content));
    seeds
}

/// The second and the last field of a statement's content.
fn kind_and_body(content: &[u8]) -> Option<(u8, Vec<u8>)> {
    let mut r = cbor::Reader::new(content);
    r.array_fixed(7).ok()?;
    r.uint().ok()?;
    let kind = u8::try_from(r.uint().ok()?).ok()?;
    r.bytes().ok()?;
    r.uint().ok()?;
    if !r.null().ok()? {
        r.array_fixed(2).ok()?;
        r.uint().ok()?;
        r.bytes().ok()?;
    }
    r.uint().ok()?;
    Some((kind, r.bytes().ok()?.to_vec()))
}

/// A log, its statements signed anew by the keys that signed them.
fn log(input: &Value) -> Vec<Seed> {
    let mut w = Writer::default();
    w.uint(1);
    for item in input["items"].as_array().into_iter().flatten() {
        let bytes = HEXLOWER.decode(item["statement"].as_str().unwrap_or_default().as_bytes());
        let Ok(signed) = Signed::<Statement>::verify(&bytes.unwrap_or_default()) else { continue };
        let number = (1..=16).position(|n| key(n).public() == signed.signer());
        w.uint(number.unwrap_or_default() as u64);
        w.bytes(&cbor::to_vec(signed.content()));
    }
    vec![seed("community/log", w.into_bytes())]
}

/// What a proof is checked against, and the proof.
fn proof(input: &Value, decoder: &'static str, [size, other, one, two]: [&str; 4]) -> Seed {
    let hash = |value: &Value| value.as_str().and_then(|text| text.parse::<TreeHash>().ok());
    let mut w = Writer::default();
    w.value(&[size, other].map(|name| input[name].as_u64().unwrap_or_default()).to_vec());
    [one, two].iter().filter_map(|name| hash(&input[*name])).for_each(|hash| w.value(&hash));
    w.value(&input["proof"].as_array().into_iter().flatten().filter_map(hash).collect::<Vec<_>>());
    seed(decoder, w.into_bytes())
}

/// A lock's JSON without its checksum.
fn lock_fields(text: &[u8]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(text) else { return text.to_vec() };
    value.as_object_mut().and_then(|fields| fields.remove("checksum"));
    value.to_string().into_bytes()
}

/// A blob as it came, behind the plain size that its manifest states.
fn sealed(input: &Value, blob: &[u8]) -> Vec<Seed> {
    let plain_bytes = input["plain_bytes"].as_u64().unwrap_or_default();
    vec![seed("seal/blob", [&cbor::to_vec(&plain_bytes)[..], blob].concat())]
}

/// An export as a person brings it, and its first chat alone.
fn of_sample(text: &[u8]) -> Vec<Seed> {
    let first = match serde_json::from_slice::<Vec<Value>>(text) {
        Ok(records) => records.first().map(|record| format!("[{record}]")),
        Err(_) => text
            .split(|byte| *byte == b'\n')
            .next()
            .map(|line| String::from_utf8_lossy(line).into_owned()),
    };
    first
        .map(|record| seed("import/export", record))
        .into_iter()
        .chain([seed("import/export", text)])
        .collect()
}

/// A record of a format: as one line, as a list, and as what is to be edited.
fn of_record(record: &str, number: u8) -> Vec<Seed> {
    let line = record.replace('\n', "");
    vec![
        seed("import/export", format!("{line}\n{line}")),
        seed("import/export", format!("[{record},{record}]")),
        seed("import/edited", [number]),
        seed("import/edited", [number, 1, 0, 5, 0, 9]),
    ]
}

/// Values of kinds that have no vectors, in their smallest forms.
fn of_our_own() -> Vec<Seed> {
    let status = NodeStatus {
        node: PublicKey([7; 32]),
        addresses: vec!["/ip4/192.0.2.7/tcp/4001".into()],
        version: "0.1.0".into(),
        since: Time::from_ms(1).unwrap_or_else(|| panic!("a time")),
        now: Time::from_ms(2).unwrap_or_else(|| panic!("a time")),
        communities: Vec::new(),
        peers: 1,
    };
    let mut seeds = vec![
        seed(
            "exchange/steward-reply",
            cbor::to_vec(&StewardReply::Status { status: status.clone() }),
        ),
        seed("exchange/steward-reply", cbor::to_vec(&StewardReply::Done)),
        seed("exchange/frames", frames(&[b"", b"a frame", &[9; 300]])),
        seed("exchange/items", items()),
        seed("conventions/time", cbor::to_vec(&1_795_305_600_000_u64)),
        seed("log/frontier", [0x82, 0x00, 0x80]),
        seed("log/fork-signed", fork()),
        seed("dataset/item", [0x41, 0x85, 0x41, 0x83]),
        seed("slip/verify", slip()),
    ];
    let leave = Invitation { community: community(), key: key(60).public(), expires: status.now };
    seeds.push(seed("statement/invitation-content", cbor::to_vec(&leave)));
    let used = InvitationUse { community: community(), member: key(5).public() };
    seeds.push(seed("statement/invitation-use", cbor::to_vec(&used)));
    seeds.push(seed("community/snapshot", Community::start(community()).encode()));
    for preset in [Preset::Open, Preset::Research, Preset::Circle] {
        seeds.push(seed("policy/document", cbor::to_vec(&Policy::preset(preset))));
    }
    seeds.extend(inner_of(b"a chat"));
    seeds
}

fn frames(frames: &[&[u8]]) -> Vec<u8> {
    let mut w = Writer::default();
    w.uint(1000);
    w.value(&vec![1_u8, 7, 100]);
    let framed = frames.iter().flat_map(|frame| framed(frame));
    w.into_bytes().into_iter().chain(framed).collect()
}

fn framed(frame: &[u8]) -> Vec<u8> {
    [&(frame.len() as u32).to_be_bytes()[..], frame].concat()
}

/// The answer "one item follows", and an item that is missing.
fn items() -> Vec<u8> {
    let item: &[u8] = &[0x82, 0x02, 0x81, 0x04];
    [framed(&[0x82, 0x05, 0x01]), framed(item)].concat()
}

/// A slip with every field, none of which proves anything.
fn slip() -> String {
    let salt = TreeHash([9; 32]);
    serde_json::json!({
        "format": "sheaf/slip/1", "community": community(), "name": "Herons", "shown": ["Licence."],
        "statement": "d2", "index": 2, "entry": "85", "salt": salt, "checkpoint": "c", "charter": "d2",
        "inclusion": [salt], "policy": { "salt": salt, "statement": "d2" },
    })
    .to_string()
}

/// Two heads of one size with different roots.
fn fork() -> Vec<u8> {
    let (a, b) = (TreeHash([1; 32]), TreeHash([2; 32]));
    let mut w = Writer::default();
    w.value(&vec![5_u64, 5]);
    w.value(&vec![a, b]);
    w.value(&b);
    w.value(&Vec::<TreeHash>::new());
    w.into_bytes()
}

/// What is inside of a sealed blob, in one piece and as one chunk: a text, and a run of one byte.
fn inner_of(text: &[u8]) -> [Seed; 2] {
    // Frames of zstd (RFC 8878 §3.1.1) as small as they can be: one raw block, one repeated byte.
    let raw = [&[0x20, text.len() as u8, 1 | (text.len() as u8) << 3, 0, 0], text].concat();
    let run = [0xa0, 0x70, 0x11, 0x01, 0x00, 0x83, 0x8b, 0x08, b'x'];
    let inner = |body: &[u8]| {
        let length = (body.len() as u32 + 4).to_be_bytes();
        let mut inner = [&length[..], &[0x28, 0xb5, 0x2f, 0xfd], body].concat();
        inner.resize(seal::padded_len(inner.len()), 0);
        inner
    };
    let mut chunk = Writer::default();
    chunk.uint(70_000);
    chunk.uint(0);
    chunk.bool(true);
    chunk.bytes(&inner(&run));
    let stated = cbor::to_vec(&(text.len() as u64));
    [
        seed("seal/inner", [&stated[..], &inner(&raw)].concat()),
        seed("seal/chunks", chunk.into_bytes()),
    ]
}

use super::*;
use crate::cbor::{self, Decode, Encode};
use crate::id::{CommunityId, PublicKey};

fn round_trip<T: Encode + Decode + PartialEq + std::fmt::Debug>(value: &T) {
    let bytes = cbor::to_vec(value);
    assert_eq!(&cbor::from_slice::<T>(&bytes).unwrap(), value);
    for cut in 0..bytes.len() {
        assert!(
            cbor::from_slice::<T>(&bytes[..cut]).is_err(),
            "a message cut at {cut} must be refused"
        );
    }
}

#[test]
fn messages_travel_whole_or_not_at_all() {
    let community = CommunityId(PublicKey([1; 32]));
    round_trip(&PullRequest::Hosted);
    round_trip(&PullRequest::Items { community, indices: vec![1, 2, 300], parts: Parts::Chats });
    round_trip(&PullReply::Refused { refusal: Refusal::new(RefusalCode::Policy, "no") });
    round_trip(&MemberRequest::Community { community: None });
    round_trip(&StewardRequest::Status);
    round_trip(&Announcement::Explanation { statement: Bytes(vec![1, 2, 3]) });
}

#[test]
fn an_unknown_request_is_named() {
    let error = cbor::from_slice::<PullRequest>(&[0x81, 0x18, 99]).expect_err("code 99");
    assert_eq!(error.reason, cbor::Reason::UnknownCode(99));
}

//! A large blob and items over a real connection.

use super::{CallError, Client, FetchError};
use crate::{
    blobs::LargeBlobs,
    net::{
        self, NetConfig, NetEvent, NetLimits, Stream,
        framing::{read_frame, write_frame},
    },
};
use sheaf_protocol::{
    cbor::{self, Encode},
    exchange::{
        Item, ItemState, LARGE, LargeRequest, PULL, Parts, PullReply, Refusal, RefusalCode,
    },
    id::{BlobHash, CommunityId, EntryCommitment, PublicKey},
    limits::REQUEST_BYTES_MAX,
    sign::SecretKey,
};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

const SOON: Duration = Duration::from_secs(10);

/// A node that answers each stream by `serve`.
async fn node<F: Future<Output = ()> + Send + 'static>(
    serve: impl Fn(&'static str, Stream) -> F + Send + 'static,
) -> Client {
    let config = NetConfig {
        key: SecretKey::from_bytes([50; 32]),
        listen: vec!["/ip4/127.0.0.1/udp/0/quic-v1".into()],
        protocols: vec![PULL, LARGE],
        limits: NetLimits::node(),
    };
    let (net, mut events) = net::start(config).await.unwrap();
    let addresses = net.listening().await;
    tokio::spawn(async move {
        let _net = net;
        while let Some(event) = events.recv().await {
            if let NetEvent::Inbound { protocol, stream, .. } = event {
                tokio::spawn(serve(protocol, stream));
            }
        }
    });
    Client::connect(SecretKey::from_bytes([51; 32]), &addresses).await.unwrap()
}

async fn answer(stream: &mut Stream, message: &impl Encode) {
    write_frame(stream, &cbor::to_vec(message), SOON).await.unwrap();
}

fn community() -> CommunityId {
    CommunityId(PublicKey([1; 32]))
}

#[tokio::test]
async fn a_large_blob_is_fetched_whole_or_refused() {
    let (dir_a, dir_b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (theirs, ours) = (
        LargeBlobs::open(dir_a.path()).await.unwrap(),
        LargeBlobs::open(dir_b.path()).await.unwrap(),
    );
    let bytes = vec![7; 300_000];
    let hash = BlobHash(*blake3::hash(&bytes).as_bytes());
    theirs.put(hash, bytes.clone()).await.unwrap();
    let client = node(move |_, mut stream| {
        let theirs = theirs.clone();
        async move {
            let frame = read_frame(&mut stream, REQUEST_BYTES_MAX, SOON).await.unwrap().unwrap();
            let request: LargeRequest = cbor::from_slice(&frame).unwrap();
            if request.index != 2 {
                let refusal = Refusal::new(RefusalCode::Gone, "taken back");
                return answer(&mut stream, &PullReply::Refused { refusal }).await;
            }
            answer(&mut stream, &PullReply::Done).await;
            let (reader, writer) = tokio::io::split(stream);
            theirs.serve(&hash, reader, writer).await.unwrap();
        }
    })
    .await;
    let mut request =
        LargeRequest { community: community(), index: 2, commitment: EntryCommitment([0; 32]) };
    client.fetch_large(&request, &hash, 300_000, &ours).await.unwrap();
    assert_eq!(ours.read(&hash).await.unwrap(), bytes);
    request.index = 3;
    let refused = client.fetch_large(&request, &hash, 300_000, &ours).await;
    let Err(FetchError::Call(CallError::Refused(refusal))) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.code, RefusalCode::Gone);
}

#[tokio::test]
async fn items_come_in_the_order_asked_or_not_at_all() {
    let client = node(|_, mut stream| async move {
        read_frame(&mut stream, REQUEST_BYTES_MAX, SOON).await.unwrap();
        answer(&mut stream, &PullReply::Items { count: 3 }).await;
        for index in [4, 6, 5] {
            answer(&mut stream, &Item { index, state: ItemState::Missing }).await;
        }
        // The reader may be gone by now.
        let _ = stream.shutdown().await;
    })
    .await;
    let mut items = client.items(community(), vec![4, 5, 6], Parts::Chats).await.unwrap();
    assert_eq!(items.next().await.unwrap().unwrap().index, 4);
    let wrong = items.next().await;
    assert!(matches!(wrong, Err(CallError::Unexpected)), "another item than the next: {wrong:?}");
    let short = client.items(community(), vec![4, 5], Parts::Chats).await;
    assert!(matches!(short, Err(CallError::Unexpected)), "a count that does not fit");
}

use libp2p::{
    StreamProtocol,
    core::{InboundUpgrade, UpgradeInfo},
};
use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::Arc,
};

/// Accepts a stream under any of our protocols, and says which.
pub(in crate::net) struct Accept(pub(super) Arc<[&'static str]>);

impl UpgradeInfo for Accept {
    type Info = StreamProtocol;
    type InfoIter = Vec<StreamProtocol>;

    fn protocol_info(&self) -> Vec<StreamProtocol> {
        self.0.iter().map(|name| StreamProtocol::new(name)).collect()
    }
}

impl InboundUpgrade<libp2p::Stream> for Accept {
    type Output = (libp2p::Stream, StreamProtocol);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_inbound(self, stream: libp2p::Stream, chosen: StreamProtocol) -> Self::Future {
        ready(Ok((stream, chosen)))
    }
}

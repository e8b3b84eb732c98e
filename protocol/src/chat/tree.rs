use super::Chat;

impl Chat {
    /// Number of messages over all branches.
    pub fn message_count(&self) -> usize {
        self.messages.len()
    }

    /// Bytes of everything that is said, over all branches.
    pub fn text_len(&self) -> usize {
        self.messages.iter().flat_map(|m| &m.parts).map(|p| p.body().len()).sum()
    }

    /// Messages that nothing follows, in order: the end of each branch.
    pub fn leaves(&self) -> Vec<u32> {
        let mut followed = vec![false; self.messages.len()];
        for parent in self.messages.iter().filter_map(|m| m.parent) {
            if let Some(flag) = followed.get_mut(parent as usize) {
                *flag = true;
            }
        }
        // At most CHAT_MESSAGES_MAX, which fits.
        (0..).zip(followed).filter_map(|(index, followed)| (!followed).then_some(index)).collect()
    }

    /// The branch that ends in `leaf`: indices from its root to `leaf`. Empty if there is no such
    /// message.
    pub fn path(&self, leaf: u32) -> Vec<u32> {
        let mut path = Vec::new();
        let mut next = Some(leaf);
        while let Some(index) = next {
            let Some(message) = self.messages.get(index as usize) else { break };
            path.push(index);
            // A chat that was never validated may name a later parent: do not follow it.
            next = message.parent.filter(|parent| *parent < index);
        }
        path.reverse();
        path
    }

    /// The branch to show first: the one last looked at, else the one that ends last.
    pub fn current_path(&self) -> Vec<u32> {
        let leaf = self.current.or_else(|| self.leaves().last().copied());
        leaf.map(|leaf| self.path(leaf)).unwrap_or_default()
    }
}

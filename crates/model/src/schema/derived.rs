//! What layers above derive from a snapshot once and keep with it: it lives exactly as long as the snapshot does.

use super::OrgSchema;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// One value per type.
#[derive(Default)]
pub(super) struct Derived(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived")
    }
}

impl OrgSchema {
    /// What `make` derives from this snapshot: made when first asked for, the same value ever after.
    pub fn derived<T: Any + Send + Sync>(&self, make: impl FnOnce(&Self) -> T) -> Arc<T> {
        let key = TypeId::of::<T>();
        let known = |all: &HashMap<TypeId, Arc<dyn Any + Send + Sync>>| all.get(&key).cloned()?.downcast::<T>().ok();
        if let Some(value) = known(&self.derived.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return value;
        }
        // Not under the lock: what is made may ask for something else that is derived.
        let made = Arc::new(make(self));
        let mut all = self.derived.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = known(&all) {
            return earlier;
        }
        all.insert(key, made.clone());
        made
    }
}

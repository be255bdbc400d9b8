//! What objects of files declare beyond other objects.

use super::ObjectDef;

impl ObjectDef {
    /// Records that `flag` marks are their owner's alone.
    #[must_use]
    pub fn private_by(mut self, flag: &str) -> Self {
        self.private_by = Some(flag.to_owned());
        self
    }

    /// Records tell of the object that `field` names, and are seen by whoever may read that.
    #[must_use]
    pub fn about_objects(mut self, field: &str) -> Self {
        self.about_objects = Some(field.to_owned());
        self
    }

    /// No person makes records of it.
    #[must_use]
    pub fn made_by_platform(mut self) -> Self {
        self.made_by_platform = true;
        self
    }
}

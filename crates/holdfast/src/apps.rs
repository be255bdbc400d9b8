//! The products on the platform, in the order of the navigation.

use crate::installation::Place;
use platform::App;
use std::sync::Arc;

/// All apps.
pub fn apps(_place: &Place) -> Vec<Arc<dyn App>> {
    vec![Arc::new(app_reports::ReportsApp)]
}

//! The products on the platform, in the order of the navigation.

use crate::installation::Place;
use app_delivery::{DeliveryApp, DeliveryConfig};
use app_reports::ReportsApp;
use platform::App;
use std::sync::Arc;

/// All apps.
pub fn apps(place: &Place) -> Vec<Arc<dyn App>> {
    let delivery = DeliveryConfig {
        public_url: place.public_url.clone(),
        from_name: place.sender.name.clone(),
        from_address: place.sender.address.clone(),
        bounce_address: place.bounce_address.clone(),
    };
    vec![Arc::new(ReportsApp), Arc::new(DeliveryApp::new(delivery))]
}

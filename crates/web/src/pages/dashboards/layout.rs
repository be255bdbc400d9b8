//! The grid of twelve columns: components do not cover each other, and leave no rows empty above them.

use app_reports::definition::Component;

/// Puts components in order: the one that was moved keeps its place, the others give way downwards, and all move up as
/// far as they can.
pub(super) fn settle(components: &mut [Component], moved: Option<usize>) {
    let mut order: Vec<usize> = (0..components.len()).collect();
    order.sort_by_key(|at| (components[*at].row, Some(*at) != moved, components[*at].column));
    let mut placed: Vec<usize> = moved.into_iter().collect();
    for at in order.iter().copied().filter(|at| Some(*at) != moved) {
        while placed.iter().any(|other| covers(&components[*other], &components[at])) {
            components[at].row += 1;
        }
        placed.push(at);
    }
    order.sort_by_key(|at| (components[*at].row, components[*at].column));
    for (place, at) in order.iter().copied().enumerate() {
        while components[at].row > 0 {
            components[at].row -= 1;
            if order[..place].iter().any(|other| covers(&components[*other], &components[at])) {
                components[at].row += 1;
                break;
            }
        }
    }
}

fn covers(one: &Component, other: &Component) -> bool {
    one.column < other.column + other.colspan
        && other.column < one.column + one.colspan
        && one.row < other.row + other.rowspan
        && other.row < one.row + one.rowspan
}

/// The order in which components are read: by row, then by column.
pub(super) fn reading_order(components: &[Component]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..components.len()).collect();
    order.sort_by_key(|at| (components[*at].row, components[*at].column));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(row: u32, column: u32, colspan: u32) -> Component {
        Component {
            title: String::new(),
            report_id: model::RecordId::from_i64(1),
            visualization_type: "Table".to_owned(),
            row,
            column,
            rowspan: 4,
            colspan,
            footer: None,
        }
    }

    fn places(components: &[Component]) -> Vec<(u32, u32)> {
        components.iter().map(|one| (one.row, one.column)).collect()
    }

    #[test]
    fn what_is_moved_stays_and_the_others_give_way() {
        let mut components = vec![component(0, 0, 6), component(0, 6, 6), component(4, 0, 12)];
        components[2].row = 0;
        settle(&mut components, Some(2));
        assert_eq!(places(&components), [(4, 0), (4, 6), (0, 0)]);
    }

    #[test]
    fn no_rows_stay_empty_above_a_component() {
        let mut components = vec![component(9, 0, 6), component(20, 3, 6)];
        settle(&mut components, None);
        assert_eq!(places(&components), [(0, 0), (4, 3)]);
    }
}

//! Pages of lists, as contract.md counts them.

use serde::Serialize;

/// Which page is asked for; clamped, never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub page: i64,
    /// 1 to 100, 20 when not said.
    pub page_size: i64,
}

impl PageRequest {
    /// `page` below 1 is 1; `pageSize` below 1 is 20, above 100 is 100.
    pub fn new(page: Option<i64>, page_size: Option<i64>) -> Self {
        let page_size = match page_size {
            Some(n) if n > 100 => 100,
            Some(n) if n >= 1 => n,
            _ => 20,
        };
        Self { page: page.unwrap_or(1).max(1), page_size }
    }

    /// Rows before this page.
    pub fn offset(self) -> i64 {
        (self.page - 1).saturating_mul(self.page_size)
    }
}

/// `pagination` of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Pagination {
    pub page: i64,
    pub page_size: i64,
    pub total_count: i64,
    pub total_pages: i64,
}

/// One page of rows.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub pagination: Pagination,
}

impl<T> Page<T> {
    /// A page of a list that has `total_count` rows in all.
    pub fn new(rows: Vec<T>, request: PageRequest, total_count: i64) -> Self {
        let total_pages = (total_count + request.page_size - 1) / request.page_size;
        Self {
            rows,
            pagination: Pagination { page: request.page, page_size: request.page_size, total_count, total_pages },
        }
    }
}

/// A stretch of a list that is read on from where it ended: no row repeats or is lost while rows come and go.
#[derive(Debug, Clone)]
pub struct Stretch<T> {
    pub rows: Vec<T>,
    /// Rows there are in all.
    pub total_count: i64,
    /// Asks for what follows; none at the end.
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_clamped_and_counted() {
        assert_eq!(PageRequest::new(Some(0), Some(0)), PageRequest { page: 1, page_size: 20 });
        assert_eq!(PageRequest::new(None, Some(101)).page_size, 100);
        assert_eq!(Page::new(vec![0; 20], PageRequest::new(None, None), 57).pagination.total_pages, 3);
        assert_eq!(Page::<i32>::new(vec![], PageRequest::new(None, None), 0).pagination.total_pages, 0);
    }
}

//! The code that leads to a form, as a picture to print. It says the form's address and nothing else, and leads there as long as the
//! source is.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};

use super::Addresses;
use super::door::WalkIns;
use crate::client_address::ClientAddress;
use crate::limits::LimitKind;

/// Pixels of a side, where nothing is said, and at least and at most.
const USUAL: u32 = 600;
const LEAST: u32 = 128;
const MOST: u32 = 2_048;

/// Light modules around the code (ISO/IEC 18004, 9.1).
const QUIET: u32 = 4;

/// For how long others may keep a picture: it never changes, but where the installation is reached elsewhere.
const KEPT: &str = "public, max-age=3600";

/// The code of a text, as modules and how many pixels each has.
struct Drawn {
    code: QrCode,
    scale: u32,
}

impl Drawn {
    /// The code of `text`, on at most `side` pixels. A quarter of it may be damaged.
    fn new(text: &str, side: u32) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
        let modules = u32::try_from(code.width()).ok()? + 2 * QUIET;
        Some(Self { code, scale: (side / modules).max(1) })
    }

    fn svg(&self) -> String {
        self.code.render::<svg::Color<'_>>().module_dimensions(self.scale, self.scale).build()
    }

    /// Black and white, a bit for each pixel.
    fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let (width, scale, quiet) = (self.code.width(), self.scale as usize, QUIET as usize);
        let modules = width + 2 * quiet;
        let is_dark = |x: usize, y: usize| {
            let within = |at: usize| at.checked_sub(quiet).filter(|at| *at < width);
            within(x).zip(within(y)).is_some_and(|(x, y)| self.code[(x, y)] == Color::Dark)
        };
        let mut rows = Vec::new();
        for y in 0..modules {
            let mut row = vec![0xff_u8; (modules * scale).div_ceil(8)];
            for pixel in (0..modules * scale).filter(|pixel| is_dark(pixel / scale, y)) {
                if let Some(byte) = row.get_mut(pixel / 8) {
                    *byte &= !(0x80 >> (pixel % 8));
                }
            }
            rows.extend(std::iter::repeat_n(row, scale).flatten());
        }
        let side = u32::try_from(modules * scale).unwrap_or(u32::MAX);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&rows)?;
        writer.finish()?;
        Ok(file)
    }
}

/// As SVG.
pub(super) async fn svg(door: State<Arc<WalkIns>>, slug: Path<String>, request: Request) -> Response {
    picture(door, slug, request, "image/svg+xml", |drawn| Some(drawn.svg().into_bytes())).await
}

/// As PNG.
pub(super) async fn png(door: State<Arc<WalkIns>>, slug: Path<String>, request: Request) -> Response {
    picture(door, slug, request, "image/png", |drawn| drawn.png().ok()).await
}

async fn picture(
    State(door): State<Arc<WalkIns>>,
    Path(slug): Path<String>,
    request: Request,
    kind: &'static str,
    draw: fn(&Drawn) -> Option<Vec<u8>>,
) -> Response {
    let Some(side) = side(request.uri().query().unwrap_or_default()) else {
        let text = format!("size is {LEAST} to {MOST} pixels\n");
        return (StatusCode::BAD_REQUEST, text).into_response();
    };
    let address = ClientAddress::of(request.extensions());
    let found = match door.found(&slug, address, LimitKind::WalkInPage, true).await {
        Ok(found) => found,
        Err(instead) => return *instead,
    };
    let form = Addresses::of_slug(&door.base, &found.slug).form;
    let Some(file) = Drawn::new(form.as_str(), side).as_ref().and_then(draw) else {
        tracing::error!("walk_in.draw: the address of forms is too long for a code");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers: [(HeaderName, &str); 2] = [(CONTENT_TYPE, kind), (CACHE_CONTROL, KEPT)];
    (headers, file).into_response()
}

/// How many pixels a side has at most, as a query asks for it.
fn side(query: &str) -> Option<u32> {
    match form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "size") {
        None => Some(USUAL),
        Some((_, side)) => side.parse().ok().filter(|side| (LEAST..=MOST).contains(side)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://forms.example/walk-in/0123456789abcdef0123456789abcdef";

    /// What a camera makes of a picture in shades of grey.
    fn scanned(side: usize, shade: impl FnMut(usize, usize) -> u8) -> String {
        let mut seen = rqrr::PreparedImage::prepare_from_greyscale(side, side, shade);
        let grids = seen.detect_grids();
        let [grid] = &grids[..] else { panic!("{} codes", grids.len()) };
        grid.decode().unwrap().1
    }

    #[test]
    fn a_picture_leads_to_the_form_in_every_size() {
        for side in [LEAST, USUAL, 777, MOST] {
            let file = Drawn::new(ADDRESS, side).unwrap().png().unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
            let mut rows = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut rows).unwrap();
            assert_eq!(
                (info.width, info.color_type, info.bit_depth),
                (info.height, png::ColorType::Grayscale, png::BitDepth::One)
            );
            assert!(info.width <= side && 2 * info.width > side, "{} of {side}", info.width);
            let shade =
                |x: usize, y: usize| if rows[y * info.line_size + x / 8] & (0x80 >> (x % 8)) == 0 { 0 } else { 255 };
            assert_eq!(scanned(info.width as usize, shade), ADDRESS, "{side}");
        }
    }

    /// Squares of a drawing: left, top and side.
    fn squares(svg: &str) -> Vec<(usize, usize, usize)> {
        let (_, path) = svg.split_once(" d=\"").unwrap();
        let (path, _) = path.split_once('"').unwrap();
        let number = |text: &str| text.parse::<usize>().unwrap();
        let square = |square: &str| {
            let (at, sides) = square.split_once('h').unwrap();
            let (left, top) = at.split_once(' ').unwrap();
            (number(left), number(top), number(sides.split_once('v').unwrap().0))
        };
        path.split('M').skip(1).map(square).collect()
    }

    #[test]
    fn a_drawing_leads_to_the_form_in_every_size() {
        for side in [LEAST, USUAL, MOST] {
            let drawn = Drawn::new(ADDRESS, side).unwrap();
            let svg = drawn.svg();
            assert!(svg.starts_with("<?xml") && svg.trim_end().ends_with("</svg>"), "{svg}");
            for foreign in ["<script", "href", "style=", "<image"] {
                assert!(!svg.contains(foreign), "{foreign}");
            }
            let whole = (drawn.code.width() + 2 * QUIET as usize) * drawn.scale as usize;
            assert!(svg.contains(&format!("width=\"{whole}\" height=\"{whole}\"")), "{svg}");
            let mut dark = vec![vec![false; whole]; whole];
            for (left, top, side) in squares(&svg) {
                dark[top..top + side].iter_mut().for_each(|row| row[left..left + side].fill(true));
            }
            assert_eq!(scanned(whole, |x, y| if dark[y][x] { 0 } else { 255 }), ADDRESS, "{side}");
        }
    }

    #[test]
    fn a_size_has_its_limits() {
        for (query, expected) in [
            ("", Some(USUAL)),
            ("size=128", Some(128)),
            ("a=b&size=2048", Some(2_048)),
            ("size=127", None),
            ("size=2049", None),
            ("size=", None),
            ("size=-1", None),
            ("size=1e3", None),
            ("size=99999999999999999999", None),
        ] {
            assert_eq!(side(query), expected, "{query}");
        }
    }
}

use std::collections::HashMap;
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Circle { radius: f64 },
    Square { side: f64 },
}

pub struct Canvas {
    shapes: Vec<Shape>,
    names: HashMap<String, usize>,
}

impl Canvas {
    pub fn new() -> Self {
        Canvas {
            shapes: Vec::new(),
            names: HashMap::new(),
        }
    }

    pub fn add(&mut self, name: &str, shape: Shape) -> Option<usize> {
        if self.names.contains_key(name) {
            return None;
        }
        let place = self.shapes.len();
        self.shapes.push(shape);
        self.names.insert(name.to_string(), place);
        Some(place)
    }

    pub fn area(&self) -> f64 {
        self.shapes
            .iter()
            .map(|shape| match shape {
                Shape::Circle { radius } => 3.14 * radius * radius,
                Shape::Square { side } => side * side,
            })
            .sum()
    }
}

impl fmt::Display for Canvas {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, shape) in self.shapes.iter().enumerate() {
            writeln!(formatter, "{}: {:?}", number, shape)?;
        }
        Ok(())
    }
}

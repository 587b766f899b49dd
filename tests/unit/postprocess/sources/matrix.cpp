#include <stdexcept>
#include <vector>

namespace example {

class Matrix {
public:
    Matrix(int rows, int columns) : rows_(rows), columns_(columns), values_(rows * columns) {
        if (rows < 1 || columns < 1) {
            throw std::invalid_argument("a matrix has rows and columns");
        }
    }

    double &at(int row, int column) {
        return values_[row * columns_ + column];
    }

    Matrix transposed() const {
        Matrix result(columns_, rows_);
        for (int row = 0; row < rows_; ++row) {
            for (int column = 0; column < columns_; ++column) {
                result.values_[column * rows_ + row] = values_[row * columns_ + column];
            }
        }
        return result;
    }

private:
    int rows_;
    int columns_;
    std::vector<double> values_;
};

}  // namespace example

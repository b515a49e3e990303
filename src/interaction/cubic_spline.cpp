#include "hadronforce/interaction/cubic_spline.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>

namespace hadronforce {

CubicSpline::CubicSpline(Eigen::ArrayXd x, Eigen::ArrayXd y) : x_(std::move(x)), y_(std::move(y)), second_(x_.size()) {
    Eigen::Index const n = x_.size();
    if (y_.size() != n)
        throw InputError("the table has " + std::to_string(n) + " radii and " + std::to_string(y_.size()) +
                         " values; give one value for each radius");
    if (n < 4) throw InputError("the table has " + std::to_string(n) + " points; a cubic spline needs 4 or more");
    if (!x_.isFinite().all() || !y_.isFinite().all()) throw InputError("the table has a number that is not finite");
    for (Eigen::Index i = 1; i < n; ++i)
        if (!(x_[i] > x_[i - 1]))
            throw InputError("the radii must increase: number " + std::to_string(i + 1) +
                             " does not exceed the one before");

    // h_{i-1} m_{i-1} + 2 (h_{i-1} + h_i) m_i + h_i m_{i+1} = 6 (slope_i - slope_{i-1}) for the second derivatives m;
    // equal third derivatives beside a point say m_0 = m_1 - (m_2 - m_1) h_0/h_1, and so at the other end.
    Eigen::ArrayXd const h = x_.tail(n - 1) - x_.head(n - 1);
    Eigen::ArrayXd const slope = (y_.tail(n - 1) - y_.head(n - 1)) / h;
    Eigen::Index const inner = n - 2;
    Eigen::ArrayXd lower = h.head(inner), upper = h.tail(inner);
    Eigen::ArrayXd diagonal = 2.0 * (lower + upper);
    Eigen::ArrayXd right = 6.0 * (slope.tail(inner) - slope.head(inner));
    double const first = h[0] / h[1], last = h[n - 2] / h[n - 3];
    diagonal[0] += h[0] * (1.0 + first);
    upper[0] -= h[0] * first;
    diagonal[inner - 1] += h[n - 2] * (1.0 + last);
    lower[inner - 1] -= h[n - 2] * last;
    for (Eigen::Index i = 1; i < inner; ++i) {
        double const factor = lower[i] / diagonal[i - 1];
        diagonal[i] -= factor * upper[i - 1];
        right[i] -= factor * right[i - 1];
    }
    second_[inner] = right[inner - 1] / diagonal[inner - 1];
    for (Eigen::Index i = inner - 2; i >= 0; --i) second_[i + 1] = (right[i] - upper[i] * second_[i + 2]) / diagonal[i];
    second_[0] = second_[1] - (second_[2] - second_[1]) * first;
    second_[n - 1] = second_[n - 2] + (second_[n - 2] - second_[n - 3]) * last;
}

double CubicSpline::operator()(double x) const {
    auto const above = std::upper_bound(x_.begin() + 1, x_.end() - 1, x);
    Eigen::Index const i = above - x_.begin() - 1;
    double const h = x_[i + 1] - x_[i];
    double const b = (x - x_[i]) / h, a = 1.0 - b;
    return a * y_[i] + b * y_[i + 1] - h * h / 6.0 * a * b * ((1.0 + a) * second_[i] + (1.0 + b) * second_[i + 1]);
}

double CubicSpline::slope_at_front() const {
    double const h = x_[1] - x_[0];
    return (y_[1] - y_[0]) / h - h / 6.0 * (2.0 * second_[0] + second_[1]);
}

}  // namespace hadronforce

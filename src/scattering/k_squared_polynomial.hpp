#pragma once

namespace hadronforce {

/// c[0] + c[1] k^2 + ... at as many nodes as T has lanes.
template <class T, int degree>
struct KSquaredPolynomial {
    T c[degree + 1];
};

template <class T, int m, int n>
[[gnu::always_inline]] inline KSquaredPolynomial<T, m + n> operator*(KSquaredPolynomial<T, m> const& p,
                                                                     KSquaredPolynomial<T, n> const& q) {
    KSquaredPolynomial<T, m + n> product{};
    for (int k = 0; k <= m + n; ++k) {
        int const first = k > n ? k - n : 0;
        product.c[k] = p.c[first] * q.c[k - first];
        for (int i = first + 1; i <= m && i <= k; ++i) product.c[k] += p.c[i] * q.c[k - i];
    }
    return product;
}

template <class T, int m>
[[gnu::always_inline]] inline KSquaredPolynomial<T, m> operator*(double factor, KSquaredPolynomial<T, m> p) {
    for (T& c : p.c) c *= factor;
    return p;
}

template <class T, int m, int n>
[[gnu::always_inline]] inline KSquaredPolynomial<T, (m > n ? m : n)> operator+(KSquaredPolynomial<T, m> const& p,
                                                                               KSquaredPolynomial<T, n> const& q) {
    KSquaredPolynomial<T, (m > n ? m : n)> sum{};
    for (int k = 0; k <= m || k <= n; ++k) sum.c[k] = k > m ? q.c[k] : k > n ? p.c[k] : p.c[k] + q.c[k];
    return sum;
}

template <class T, int m>
[[gnu::always_inline]] inline KSquaredPolynomial<T, m> operator+(double addend, KSquaredPolynomial<T, m> p) {
    p.c[0] += addend;
    return p;
}

}  // namespace hadronforce

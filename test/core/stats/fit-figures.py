# Prints the figures that pilot-fit.test.ts compares with. Needs NumPy and SciPy: python3 test/core/stats/fit-figures.py
import numpy as np
from scipy.stats import skew

x = np.array([120, 80, 200, 150, 60, 90, 300, 110, 170, 240], float)
tag = np.array(list("abcabbcaac"))
even = np.array([60, 35, 90, 80, 20, 52, 140, 41, 95, 100], float)
uneven = np.array([60, 10, 300, 80, 12, 9, 900, 41, 95, 150], float)


def figures(name, design, y, penalties, rest, spread):
    inverse = np.linalg.inv(design.T @ design + np.diag(penalties))
    parameters = inverse @ design.T @ y
    residuals, expected = y - design @ parameters, design @ parameters
    hat = design @ inverse @ design.T
    squares = np.maximum(expected, expected.mean() / 10) ** 2
    alike = np.log(np.mean(residuals**2))
    proportional = np.log(np.mean(residuals**2 / squares)) + np.mean(np.log(squares)) < alike
    variances = squares / squares.mean() if proportional else np.ones(len(y))
    errors = inverse @ (design.T @ np.diag(variances) @ design + np.diag(penalties)) @ inverse if proportional else inverse
    df = len(y) - 2 * np.trace(hat) + np.trace(hat @ hat) - 3
    print(name, "proportional" if proportional else "alike")
    print("  parameters", [float(p) for p in parameters])
    print("  variance", float(np.sum(residuals**2 / variances) / df), "df", float(len(y) - np.trace(hat) - 3))
    print("  skew", float(skew(residuals, bias=False)), "typical", float(np.sqrt(squares.mean())))
    print("  mean", float(rest @ parameters), "leverage", float(rest @ errors @ rest), "spread", float(spread(parameters)))


line = np.c_[np.ones(10), x - x.mean()]
rest_x = np.array([180, 220, 140, 400, 60], float)
figures("x, even", line, even, [0, 0], np.array([1, rest_x.mean() - x.mean()]), lambda p: np.var(p[1] * rest_x))
figures("x, uneven", line, uneven, [0, 0], np.array([1, rest_x.mean() - x.mean()]), lambda p: np.var(p[1] * rest_x))
rest_tags = np.array(list("aabccccdda"))
parts = np.c_[np.ones(10), *[(tag == one).astype(float) for one in "abcd"]]
rest_parts = np.c_[np.ones(10), *[(rest_tags == one).astype(float) for one in "abcd"]]
for name, y in (("tags, even", even), ("tags, uneven", uneven)):
    figures(name, parts, y, [0, 0.25, 0.25, 0.25, 0.25], rest_parts.mean(axis=0), lambda p: np.var(rest_parts @ p))
both = np.c_[line, parts[:, 1:]]
rest_both = np.c_[np.ones(10), np.arange(10) * 20 + 50 - x.mean(), rest_parts[:, 1:]]
figures("both, even", both, even, [0, 0, 0.5, 0.5, 0.5, 0.5], rest_both.mean(axis=0), lambda p: np.var(rest_both @ p))

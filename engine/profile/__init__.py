"""Volume and time at price: histograms, levels, and the features made of them."""

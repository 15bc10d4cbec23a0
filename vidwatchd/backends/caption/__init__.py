"""caption: sentences about pictures, by a model that looks at them or by what can be measured of them."""

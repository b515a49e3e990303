// All registered forms of networks: for each a file of its name in this folder. Included where they are declared and
// where they are listed.
HADRONFORCE_NETWORK(mlp)
HADRONFORCE_NETWORK(residual)
HADRONFORCE_NETWORK(convolutional)
HADRONFORCE_NETWORK(set)

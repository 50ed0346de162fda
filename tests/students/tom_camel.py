import numpy as np


class fullyConnected:
    def __init__(self, nIn, nOut):
        self.weight = np.random.randn(nIn, nOut) * np.sqrt(2 / nIn)
        self.bias = np.zeros(nOut)

    def forwardPass(self, inputData):
        self.inputData = inputData
        return inputData.dot(self.weight) + self.bias

    def backwardPass(self, gradOutput):
        self.gradWeight = self.inputData.T.dot(gradOutput)
        self.gradBias = gradOutput.sum(axis=0)
        return gradOutput.dot(self.weight.T)


class reluLayer:
    def forwardPass(self, inputData):
        self.inputData = inputData
        return np.maximum(0, inputData)

    def backwardPass(self, gradOutput):
        gradInput = gradOutput.copy()
        gradInput[gradOutput <= 0] = 0
        return gradInput


class softmaxCrossEntropy:
    def forwardPass(self, logits, labels):
        shifted = logits - logits.max(axis=1, keepdims=True)
        expLogits = np.exp(shifted)
        self.probs = expLogits / expLogits.sum(axis=1, keepdims=True)
        self.labels = labels
        rows = np.arange(len(labels))
        return -np.mean(np.log(self.probs[rows, labels] + 1e-12))

    def backwardPass(self):
        batchSize = len(self.labels)
        oneHot = np.zeros_like(self.probs)
        oneHot[np.arange(batchSize), self.labels] = 1
        return (oneHot - self.probs) / batchSize


class neuralNet:
    def __init__(self, nIn, nHidden, nOut):
        self.layers = [fullyConnected(nIn, nHidden), reluLayer(), fullyConnected(nHidden, nOut)]
        self.lossLayer = softmaxCrossEntropy()

    def computeLoss(self, x, labels):
        for layer in self.layers:
            x = layer.forwardPass(x)
        return self.lossLayer.forwardPass(x, labels)

    def computeGradients(self, x, labels):
        lossValue = self.computeLoss(x, labels)
        grad = self.lossLayer.backwardPass()
        for layer in reversed(self.layers):
            grad = layer.backwardPass(grad)
        return lossValue

    def trainStep(self, x, labels, learningRate):
        lossValue = self.computeGradients(x, labels)
        for layer in self.layers:
            if isinstance(layer, fullyConnected):
                layer.weight -= learningRate * layer.gradWeight
                layer.bias -= learningRate * layer.gradBias
        return lossValue


if __name__ == '__main__':
    np.random.seed(12)
    trainLabels = np.random.randint(0, 3, 90)
    trainData = np.random.randn(90, 7) + 2 * np.eye(3, 7)[trainLabels]
    myNet = neuralNet(7, 16, 3)
    for epoch in range(40):
        lossValue = myNet.trainStep(trainData, trainLabels, 0.05)
        if epoch % 10 == 0:
            print('epoch', epoch, 'loss', lossValue)
